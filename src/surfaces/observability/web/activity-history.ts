import type { Activity } from './activity.ts';
import type { EventsApi } from './events-api.ts';
import { type ListedEvent, toListed } from './listed-event.ts';
import { completeFrom, PAGE_SIZE } from './recent-page.ts';

/** How much of a busy past is read; beyond it the chart says from when on it counted. */
const MAX_PAGES = 10;
const LONGEST_WINDOW_MS = 15 * 60_000;

export interface HistoryOptions {
  readonly api: EventsApi;
  readonly activity: Activity;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** How many events were asked for by the newest page. */
  readonly limit: number;
}

interface Counting {
  readonly now: number;
  /** How many events were asked for. */
  readonly limit: number;
}

/** Counts one page of stored events, newest first, and says from when on the count is complete. */
export function countPage(page: readonly ListedEvent[], activity: Activity, { now, limit }: Counting): void {
  for (const event of page) activity.add(event.at, event.event_type, now);
  activity.countFrom(startOf(page, limit));
}

/** Reads further back than the newest page, until the longest window is covered or enough was read. */
export async function countEarlier(newest: readonly ListedEvent[], options: HistoryOptions): Promise<void> {
  const { api, activity, now, signal } = options;
  let { limit } = options;
  let page = newest;
  for (let pages = 1; pages < MAX_PAGES && startOf(page, limit) > now() - LONGEST_WINDOW_MS; pages += 1) {
    const answer = await api.recent({ limit: PAGE_SIZE, filters: {}, before: completeFrom(page, { limit }) }, signal);
    signal.throwIfAborted();
    page = answer.events.map(toListed);
    limit = PAGE_SIZE;
    countPage(page, activity, { now: now(), limit });
  }
}

/** The time before which a page leaves events out; minus infinity when nothing older is stored. */
function startOf(page: readonly ListedEvent[], limit: number): number {
  return page.length < limit ? Number.NEGATIVE_INFINITY : (page.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
}
