import { seqOf } from '../../../protocol/cursor.ts';
import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import type { Session } from '../events.ts';
import { Activity } from './activity.ts';
import { countEarlier, countPage } from './activity-history.ts';
import { type EventFilters, isFiltered, isSameFilters, matchesFilters } from './event-filters.ts';
import { EventList } from './event-list.ts';
import { type EventsAnswers, type RecentEvents, readEvents } from './events-answers.ts';
import type { EventsApi } from './events-api.ts';
import { FilterChoices } from './filter-choices.ts';
import { type ListedEvent, toListed } from './listed-event.ts';
import { readMessages } from './read-messages.ts';
import { completeFrom, PAGE_SIZE } from './recent-page.ts';
import { foldSessions } from './session-fold.ts';

/** Most events a list holds on its own; a person can load older ones on top. */
export const LIST_CAPACITY = 5_000;
/** A hidden page paints no frames: what piles up beyond this is worked off at once. */
const MAX_BUFFERED = 1_000;

/** What the page shows; a new object whenever something in it changed. */
export interface EventsView {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last load failed, in words. */
  readonly failure: string | undefined;
  readonly filters: EventFilters;
  readonly events: readonly ListedEvent[];
  /** Matching events that arrived while the list was held. */
  readonly held: number;
  readonly isPaused: boolean;
  readonly isFollowing: boolean;
  /** Everything recorded that matches the filters. */
  readonly matching: number;
  /** Everything recorded. */
  readonly total: number;
  readonly hasOlder: boolean;
  /** Whether stored events are being looked up for the filters or for an older page. */
  readonly isSearching: boolean;
  readonly sessions: readonly Session[];
  readonly choices: ReturnType<FilterChoices['view']>;
}

export interface EventsModelOptions {
  readonly api: EventsApi;
  readonly frames: FrameScheduler;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** What the list is filtered by at first. Default: nothing. */
  readonly filters?: EventFilters;
  /** What was read for `filters` already. */
  readonly rendered?: EventsAnswers | undefined;
}

export type EventsModel = ReturnType<typeof createEventsModel>;

/** The state of the events page, outside React: bursts are folded in once per frame and read as one immutable view. */
export function createEventsModel({ api, frames, now, filters: firstFilters = {}, rendered }: EventsModelOptions) {
  const activity = new Activity();
  const choices = new FilterChoices();
  const listeners = new Set<() => void>();
  let everything = new EventList(LIST_CAPACITY);
  let matching = new EventList(LIST_CAPACITY);
  let heldBack: readonly ListedEvent[] | undefined;
  let sessions: readonly Session[] = [];
  let sessionsAsOf = 0;
  let buffer: ListedEvent[] = [];
  let cancelFrame: (() => void) | undefined;
  let search: AbortController | undefined;
  let counting: AbortController | undefined;
  let view: EventsView = {
    phase: 'loading',
    failure: undefined,
    filters: firstFilters,
    events: [],
    held: 0,
    isPaused: false,
    isFollowing: true,
    matching: 0,
    total: 0,
    hasOlder: false,
    isSearching: false,
    sessions,
    choices: choices.view(),
  };

  function show(change: Partial<EventsView>): void {
    view = {
      ...view,
      ...change,
      events: heldBack ?? matching.events,
      hasOlder: matching.completeFrom > 0 && matching.completeFrom < Number.POSITIVE_INFINITY,
      sessions,
      choices: choices.view(),
    };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    buffer = [];
    const fresh = everything.merge(arrived);
    const shown = fresh.filter((event) => matchesFilters(event, view.filters));
    matching.merge(shown);
    const at = now();
    for (const event of fresh) {
      activity.add(event.at, event.event_type, at);
      choices.add(event);
    }
    sessions = foldSessions(sessions, fresh, sessionsAsOf);
    show({
      total: view.total + fresh.length,
      matching: view.matching + shown.length,
      held: heldBack ? view.held + shown.length : 0,
    });
  }

  /** Holds the list still, or lets it run on. */
  function hold(change: { readonly isPaused?: boolean; readonly isFollowing?: boolean }): void {
    const next = { isPaused: view.isPaused, isFollowing: view.isFollowing, ...change };
    if (next.isPaused || !next.isFollowing) {
      heldBack ??= matching.events;
      show(next);
      return;
    }
    heldBack = undefined;
    matching.shrinkTo(LIST_CAPACITY);
    show({ ...next, held: 0 });
  }

  function beginSearch(): AbortSignal {
    search?.abort();
    search = new AbortController();
    return search.signal;
  }

  /** Fills the list for the filters: with what is known at once, then with what the server has stored. */
  async function searchMatching(filters: EventFilters, signal: AbortSignal): Promise<void> {
    const answer = await api.recent({ limit: PAGE_SIZE, filters }, signal);
    signal.throwIfAborted();
    takeMatching(answer, filters, PAGE_SIZE);
  }

  function takeMatching(answer: RecentEvents, filters: EventFilters, limit: number): void {
    const asOf = seqOf(answer.cursor) ?? 0;
    matching.markComplete(completeFrom(answer.events, { searchedFrom: answer.searched_from, limit }));
    matching.merge(answer.events.map(toListed));
    const arrivedSince = everything.events.filter((event) => event.id > asOf && matchesFilters(event, filters));
    if (heldBack) heldBack = matching.events;
    show({
      matching: answer.total + arrivedSince.length,
      isSearching: false,
      failure: undefined,
    });
  }

  function setFilters(filters: EventFilters): void {
    if (isSameFilters(filters, view.filters)) return;
    flush();
    matching = new EventList(LIST_CAPACITY);
    matching.merge(everything.events.filter((event) => matchesFilters(event, filters)));
    heldBack = view.isPaused ? matching.events : undefined;
    show({ filters, held: 0, isFollowing: true, matching: matching.events.length, isSearching: true });
    if (view.phase === 'ready') void searchMatching(filters, beginSearch()).catch(failSearch);
  }

  function failSearch(cause: unknown): void {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    show({ isSearching: false, failure: cause instanceof Error ? cause.message : String(cause) });
  }

  async function loadOlder(): Promise<void> {
    if (view.isSearching || !view.hasOlder) return;
    const { filters } = view;
    const signal = beginSearch();
    show({ isSearching: true });
    try {
      const answer = await api.recent({ limit: PAGE_SIZE, filters, before: matching.completeFrom }, signal);
      signal.throwIfAborted();
      const stored = answer.events.map(toListed);
      matching.grow(stored.length);
      matching.markComplete(completeFrom(stored, { searchedFrom: answer.searched_from }));
      const added = matching.merge(stored);
      if (heldBack) heldBack = withOlder(heldBack, added);
      show({ isSearching: false, matching: Math.max(view.matching, matching.events.length) });
    } catch (cause) {
      failSearch(cause);
    }
  }

  /** Loads everything anew and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
  async function loadSnapshot(signal: AbortSignal): Promise<string> {
    const answers = await readEvents(api, {}, { signal, limit: PAGE_SIZE });
    signal.throwIfAborted();
    const cursor = take(answers);
    const searching = beginSearch();
    if (isFiltered(view.filters)) void searchMatching(view.filters, searching).catch(failSearch);
    countBefore(answers);
    return cursor;
  }

  function take({ recent, options: known, sessions: running, matching: answer, limit }: EventsAnswers): string {
    const stored = recent.events.map(toListed);
    buffer = [];
    everything = new EventList(LIST_CAPACITY);
    everything.merge(stored);
    matching = new EventList(LIST_CAPACITY);
    const hasFilters = isFiltered(view.filters);
    if (!hasFilters) matching.markComplete(completeFrom(stored, { limit }));
    matching.merge(stored.filter((event) => matchesFilters(event, view.filters)));
    activity.clear();
    countPage(stored, activity, { now: now(), limit });
    choices.replace(known);
    sessions = running.sessions;
    sessionsAsOf = seqOf(running.cursor) ?? 0;
    if (heldBack) heldBack = matching.events;
    show({
      phase: 'ready',
      failure: undefined,
      held: 0,
      total: recent.total,
      matching: hasFilters ? matching.events.length : recent.total,
      isSearching: hasFilters,
    });
    if (answer) takeMatching(answer, view.filters, limit);
    return recent.cursor;
  }

  /** Reads further back for the chart, which says what it counted: a page that cannot be read only leaves it shorter. */
  function countBefore({ recent, limit }: EventsAnswers): void {
    counting?.abort();
    counting = new AbortController();
    const options = { api, activity, now, limit, signal: counting.signal };
    void countEarlier(recent.events.map(toListed), options).catch(() => {});
  }

  const renderedCursor = rendered && take(rendered);

  return {
    /** Where `rendered` was read; its feed continues from there. */
    renderedCursor,
    /** Reads what the page's first answers leave out. */
    complete(): void {
      if (rendered) countBefore(rendered);
    },
    activity,
    view: () => view,
    sessions: () => view.sessions,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadSnapshot,
    /** Takes the messages of the feed; returns how many of them could not be read. */
    receive(messages: readonly unknown[]): number {
      const { events, unreadable } = readMessages(messages);
      buffer.push(...events.map(toListed));
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
      return unreadable;
    },
    /** The snapshot could not be loaded; what is on the page stays. */
    fail(message: string): void {
      show({ failure: message, phase: view.phase === 'ready' ? 'ready' : 'failed' });
    },
    setFilters,
    loadOlder,
    pause: () => hold({ isPaused: true }),
    resume: () => hold({ isPaused: false, isFollowing: true }),
    /** Whether the list shows its newest end; when it does not, it is held still. */
    follow: (isFollowing: boolean) => isFollowing !== view.isFollowing && hold({ isFollowing }),
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
      search?.abort();
      counting?.abort();
    },
  };
}

function withOlder(held: readonly ListedEvent[], older: readonly ListedEvent[]): readonly ListedEvent[] {
  const list = new EventList(held.length + older.length);
  list.merge(held);
  list.merge(older);
  return list.events;
}
