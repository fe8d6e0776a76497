import { parseCursor, seqOf } from '../../../protocol/cursor.ts';
import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import { type LiveMessage, type MessagePage, OWN_ID_PREFIX } from '../events.ts';
import { MessageList } from './message-list.ts';
import { type ListedMessage, toListedMessage } from './message-listed.ts';
import { matcherOf } from './message-matcher.ts';
import { type KnownTotals, totalsOf, withTotals } from './message-metrics.ts';
import { MessageWindow } from './message-window.ts';
import { type MessagesAnswers, PAGE_SIZE, readList, readMessages } from './messages-answers.ts';
import type { MessagesApi } from './messages-api.ts';
import { hasSameFilters, type MessagesSearch } from './messages-search.ts';
import type { MessagesView } from './messages-view.ts';

/** Most rows in memory; what goes beyond is loaded again when somebody scrolls there. */
export const LIST_CAPACITY = 50_000;
/** Live messages that are kept aside for lists that are held still or are not at their end. */
export const TAIL_CAPACITY = 20_000;
/** Pages that are loaded to close a gap before the list begins anew at its newest end. */
const MAX_GAP_PAGES = 10;
/** A hidden page paints no frames: what piles up beyond this is worked off at once. */
const MAX_BUFFERED = 2_000;

export interface MessagesModelOptions {
  readonly api: MessagesApi;
  readonly frames: FrameScheduler;
  readonly search: MessagesSearch;
  /** What was read for `search` already. */
  readonly rendered?: MessagesAnswers | undefined;
}

export type MessagesModel = ReturnType<typeof createMessagesModel>;

/** The state of `/messages`, outside React: bursts are folded in once per frame and read as one view. */
export function createMessagesModel({ api, frames, search: firstSearch, rendered }: MessagesModelOptions) {
  const listeners = new Set<() => void>();
  /** What the feed sent since the last snapshot, whole from `tailFrom` on. */
  let tail = new MessageList(TAIL_CAPACITY);
  let tailFrom = Number.POSITIVE_INFINITY;
  /** The last position heard of; its log is `epoch`. */
  let head = 0;
  let epoch: string | undefined;
  let window = new MessageWindow(LIST_CAPACITY);
  let matches = matcherOf(firstSearch);
  let totals: KnownTotals | undefined;
  /** The count of matching messages as of a position. */
  let counted = { matching: 0, asOf: 0 };
  let buffer: LiveMessage[] = [];
  let cancelFrame: (() => void) | undefined;
  let loading: AbortController | undefined;
  let view: MessagesView = {
    phase: 'loading',
    failure: undefined,
    search: firstSearch,
    rows: window.rows,
    linkedSeq: undefined,
    isLinkLost: false,
    unseen: 0,
    isPaused: false,
    isFollowing: firstSearch.around === undefined,
    isAttached: true,
    hasOlder: false,
    loading: undefined,
    matching: 0,
    totals: undefined,
    unavailable: undefined,
  };

  function show(change: Partial<MessagesView>): void {
    view = {
      ...view,
      ...change,
      rows: window.rows,
      isAttached: window.isAttached,
      hasOlder: window.hasOlder,
      matching: counted.matching,
      totals: totals?.totals,
    };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    buffer = [];
    totals = withTotals(totals, arrived);
    const fresh = tail.merge(arrived.flatMap((item) => (item.type === 'message' ? [toListedMessage(item)] : [])));
    const edge = tail.trim('oldest');
    if (edge !== undefined) tailFrom = Math.max(tailFrom, edge + 1);
    for (const { seq } of fresh) head = Math.max(head, seq);
    const shown = fresh.filter(matches);
    if (window.isAttached) window.extend(shown, {});
    window.trim(view.isFollowing ? 'oldest' : 'newest');
    const uncounted = shown.filter(({ seq }) => seq > counted.asOf).length;
    counted = { ...counted, matching: counted.matching + uncounted };
    show({
      unseen: view.isFollowing && window.isAttached ? 0 : view.unseen + shown.length,
      unavailable: unavailableAfter(view, arrived),
    });
  }

  /** Goes on from the window's end with what the feed sent since; false when that does not reach back so far. */
  function attach(): boolean {
    if (window.isAttached) return true;
    if (tailFrom > window.to + 1) return false;
    window.attach(tail.after(window.to).filter(matches));
    window.trim(view.isFollowing ? 'oldest' : 'newest');
    return window.isAttached;
  }

  function begin(kind: MessagesView['loading']): AbortSignal {
    loading?.abort();
    loading = new AbortController();
    show({ loading: kind });
    return loading.signal;
  }

  function failLoad(cause: unknown): void {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    show({ loading: undefined, failure: messageOf(cause) });
  }

  function count(answer: MessagePage): void {
    const asOf = seqOf(answer.cursor) ?? 0;
    const since = tail.after(asOf).filter(matches).length;
    counted = { matching: answer.total + since, asOf: Math.max(asOf, head) };
  }

  /** Shows one page instead of what is there. */
  function replaceBy(answer: MessagePage, { isNewest }: { readonly isNewest: boolean }): void {
    window = new MessageWindow(LIST_CAPACITY);
    window.detachAt(0);
    extendBy(answer);
    if (isNewest && !view.isPaused) attach();
    count(answer);
  }

  function extendBy(answer: MessagePage): readonly ListedMessage[] {
    const seqs = answer.messages.map(({ seq }) => seq);
    return window.extend(answer.messages.map(toListedMessage), {
      from: answer.before === null ? 0 : Math.min(...seqs),
      to: answer.after === null ? (seqOf(answer.cursor) ?? 0) : Math.max(...seqs),
    });
  }

  /** Fills the list for the search; what the feed sent already is there at once. */
  async function loadList(): Promise<void> {
    const { search } = view;
    const signal = begin('list');
    try {
      const answer = await readList(api, search, { signal });
      signal.throwIfAborted();
      flush();
      replaceBy(answer, { isNewest: true });
      show({ phase: 'ready', loading: undefined, failure: undefined, unseen: 0, ...linkIn(answer, search) });
    } catch (cause) {
      if (signal.aborted) return;
      show({ phase: view.phase === 'loading' ? 'failed' : view.phase });
      failLoad(cause);
    }
  }

  async function loadOlder(): Promise<void> {
    if (view.loading !== undefined || !window.hasOlder) return;
    const signal = begin('older');
    try {
      const before = positionOf(window.from);
      const answer = await api.page({ limit: PAGE_SIZE, filters: view.search, before }, signal);
      signal.throwIfAborted();
      window.extend(answer.messages.map(toListedMessage), {
        from: answer.before === null ? 0 : Math.min(...answer.messages.map(({ seq }) => seq)),
      });
      window.trim('newest');
      show({ loading: undefined, failure: undefined });
    } catch (cause) {
      if (!signal.aborted) failLoad(cause);
    }
  }

  /** Loads what lies between the window and the newest message, in order, until it joins what the feed sends. */
  async function loadNewer(pages = 1): Promise<void> {
    if (view.loading !== undefined || view.isPaused || attachAndShow()) return;
    const signal = begin('newer');
    try {
      for (let page = 0; page < pages; page += 1) {
        const after = positionOf(window.to);
        const answer = await api.page({ limit: PAGE_SIZE, filters: view.search, after }, signal);
        signal.throwIfAborted();
        extendBy({ ...answer, before: '' });
        window.trim('oldest');
        if (attach()) break;
      }
      show({ loading: undefined, failure: undefined });
    } catch (cause) {
      if (!signal.aborted) failLoad(cause);
    }
  }

  function attachAndShow(): boolean {
    if (!attach()) return false;
    show(view.isFollowing ? { unseen: 0 } : {});
    return true;
  }

  /** To the newest end: by what is known, else by closing a small gap, else by beginning anew there. */
  async function toNewest(): Promise<void> {
    view = { ...view, isPaused: false, isFollowing: true };
    if (attachAndShow()) return;
    await loadNewer(MAX_GAP_PAGES);
    if (!window.isAttached && view.failure === undefined) await loadList();
    show({ unseen: 0 });
  }

  function setSearch(search: MessagesSearch): void {
    const isSame = hasSameFilters(search, view.search);
    if (isSame && search.around === view.search.around) return;
    if (isSame && search.around === undefined) {
      show({ search, linkedSeq: undefined, isLinkLost: false });
      return;
    }
    flush();
    view = {
      ...view,
      search,
      linkedSeq: undefined,
      isLinkLost: false,
      unseen: 0,
      isFollowing: search.around === undefined,
    };
    if (isSame && showLinked(search.around)) return;
    matches = matcherOf(search);
    window = new MessageWindow(LIST_CAPACITY);
    counted = { matching: 0, asOf: head };
    if (search.around === undefined && tailFrom < Number.POSITIVE_INFINITY && !view.isPaused) {
      window.extend(tail.after(0).filter(matches), { from: tailFrom });
    } else window.detachAt(head);
    counted = { matching: window.rows.length, asOf: head };
    if (view.phase === 'loading') show({});
    else void loadList();
  }

  /** A linked message that is in the list already needs no look at the server. */
  function showLinked(id: string | undefined): boolean {
    for (let index = 0; index < window.rows.length; index += 1) {
      const message = window.rows.at(index);
      if (message?.id !== id || !message) continue;
      show({ linkedSeq: message.seq });
      return true;
    }
    return false;
  }

  /** Loads everything anew and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
  async function loadSnapshot(signal: AbortSignal): Promise<string> {
    const { search } = view;
    const isAgain = view.phase === 'ready' && window.rows.length > 0;
    const answers = await readMessages(api, isAgain ? { ...search, around: undefined } : search, { signal });
    signal.throwIfAborted();
    loading?.abort();
    return take(answers, { search, isAgain });
  }

  function take({ metrics, page: answer }: MessagesAnswers, { search, isAgain }: Asked): string {
    const cursor = older(metrics.cursor, answer.cursor);
    const isSameLog = epoch === parseCursor(cursor)?.epoch;
    epoch = parseCursor(cursor)?.epoch;
    const lastHeard = head;
    head = seqOf(cursor) ?? 0;
    buffer = [];
    tail = new MessageList(TAIL_CAPACITY);
    tailFrom = head + 1;
    totals = totalsOf(metrics);
    window.detachAt(lastHeard);
    const oldestSeq = answer.messages.at(-1)?.seq ?? 0;
    const isJoined = isAgain && isSameLog && (answer.before === null || oldestSeq <= window.to + 1);
    if (isJoined) {
      extendBy(answer);
      if (!view.isPaused) attach();
      count(answer);
    } else replaceBy(answer, { isNewest: true });
    show({ phase: 'ready', loading: undefined, failure: undefined, ...(!isAgain && linkIn(answer, search)) });
    if (!hasSameFilters(search, view.search) || search.around !== view.search.around) void loadList();
    return cursor;
  }

  /** Reads what is new without the feed, for when it is away. */
  async function refresh(): Promise<void> {
    flush();
    const signal = begin('newer');
    try {
      totals = newerTotals(totals, totalsOf(await api.metrics(signal)));
      for (let page = 0, isDone = false; page < MAX_GAP_PAGES && !isDone; page += 1) {
        const after = window.rows.length === 0 ? undefined : positionOf(Math.min(window.to, head));
        const answer = await api.page({ limit: PAGE_SIZE, filters: view.search, after }, signal);
        signal.throwIfAborted();
        if (!view.isPaused) extendBy({ ...answer, before: window.rows.length === 0 ? answer.before : '' });
        window.trim(view.isFollowing ? 'oldest' : 'newest');
        for (const { seq } of answer.messages) head = Math.max(head, seq);
        isDone = answer.after === null || answer.messages.length === 0;
        if (isDone) count(answer);
      }
      show({ phase: 'ready', loading: undefined, failure: undefined });
    } catch (cause) {
      if (!signal.aborted) failLoad(cause);
    }
  }

  const renderedCursor = rendered && take(rendered, { search: firstSearch, isAgain: false });

  return {
    /** Where `rendered` was read; its feed continues from there. */
    renderedCursor,
    view: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadSnapshot,
    receive(messages: readonly LiveMessage[]): void {
      buffer.push(...messages);
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
    },
    /** The snapshot could not be loaded; what is on the page stays. */
    fail(message: string): void {
      show({ failure: message, phase: view.phase === 'ready' ? 'ready' : 'failed' });
    },
    setSearch,
    loadOlder,
    loadNewer: () => loadNewer(),
    toNewest,
    refresh,
    pause(): void {
      flush();
      window.detachAt(head);
      show({ isPaused: true, unseen: 0 });
    },
    /** Whether the list's newest end is in sight. */
    follow(isFollowing: boolean): void {
      if (isFollowing === view.isFollowing || view.isPaused) return;
      if (isFollowing && !window.isAttached) return void loadNewer();
      show(isFollowing ? { isFollowing, unseen: 0 } : { isFollowing });
    },
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
      loading?.abort();
    },
  };
}

/** What answers were asked for. */
interface Asked {
  readonly search: MessagesSearch;
  /** There are rows to join the answer to. */
  readonly isAgain: boolean;
}

/** No sender's id reads like this, so that the position is meant whatever the ids are. */
function positionOf(seq: number): string {
  return `${OWN_ID_PREFIX}${seq}`;
}

/** A list whose linked message is gone begins at its newest end, as any other. */
function linkIn({ messages }: MessagePage, { around }: MessagesSearch) {
  const linkedSeq = around === undefined ? undefined : messages.find(({ id }) => id === around)?.seq;
  return {
    linkedSeq,
    isLinkLost: around !== undefined && linkedSeq === undefined,
    isFollowing: linkedSeq === undefined,
  };
}

/** Of two reads the older position: what lies between comes again and is known by its `seq`. */
function older(a: string, b: string): string {
  return (seqOf(a) ?? 0) <= (seqOf(b) ?? 0) ? a : b;
}

function newerTotals(known: KnownTotals | undefined, read: KnownTotals): KnownTotals {
  return known && known.asOf > read.asOf ? known : read;
}

function unavailableAfter(view: MessagesView, messages: readonly LiveMessage[]): MessagesView['unavailable'] {
  let { unavailable } = view;
  for (const message of messages) {
    if (message.type !== 'channel' && message.type !== 'user') continue;
    const name = message.type === 'channel' ? message.channel : message.user;
    if (name !== view.search[message.type]) continue;
    const history = message.unavailable;
    if (history !== undefined) unavailable = { kind: message.type, name, history };
    else if (unavailable?.kind === message.type) unavailable = undefined;
  }
  return unavailable;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
