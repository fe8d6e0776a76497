import { createFeedConnection } from '../../../client/feed-connection.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import { EventList } from './event-list.ts';
import type { RecentEvents } from './events-answers.ts';
import { type EventsApi, eventsApi } from './events-api.ts';
import { type ListedEvent, toListed } from './listed-event.ts';
import { readMessages } from './read-messages.ts';

/** Events on the start page. */
const LATEST = 20;

export interface LatestEventsView {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Newest first. */
  readonly events: readonly ListedEvent[];
}

export function readLatest(api: EventsApi, signal: AbortSignal): Promise<RecentEvents> {
  return api.recent({ limit: LATEST, filters: {} }, signal);
}

/** The newest events and their connection; idle until it is started. */
export function createLatestEvents(rendered?: RecentEvents) {
  const listeners = new Set<() => void>();
  let list = new EventList(LATEST);
  let view: LatestEventsView = { phase: 'loading', events: [] };
  let cancelFrame: (() => void) | undefined;

  function show(phase: LatestEventsView['phase']): void {
    view = { phase, events: list.events };
    for (const listener of [...listeners]) listener();
  }

  function take({ events, cursor }: RecentEvents): string {
    list = new EventList(LATEST);
    list.merge(events.map(toListed));
    show('ready');
    return cursor;
  }

  const connection = createFeedConnection({
    url: '/stream',
    cursor: rendered && take(rendered),
    snapshot: async (signal) => take(await readLatest(eventsApi, signal)),
    onEvents(messages) {
      list.merge(readMessages(messages).events.map(toListed));
      cancelFrame ??= animationFrames(() => {
        cancelFrame = undefined;
        show('ready');
      });
    },
    onProblem(problem) {
      console.warn(`millrace: ${problem.kind}: ${problem.message}`);
      if (problem.kind === 'snapshot_failed' && view.phase === 'loading') show('failed');
    },
  });
  return {
    connection,
    view: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
    },
  };
}
