import type * as z from 'zod/mini';
import type { filterOptionsSchema, recentEventsSchema, sessionsSchema } from '../events.ts';
import { type EventFilters, isFiltered } from './event-filters.ts';
import type { EventsApi } from './events-api.ts';

export type RecentEvents = z.infer<typeof recentEventsSchema>;

/** What the page shows first. */
export interface EventsAnswers {
  readonly recent: RecentEvents;
  readonly options: z.infer<typeof filterOptionsSchema>;
  readonly sessions: z.infer<typeof sessionsSchema>;
  /** The newest that match, where the list is filtered. */
  readonly matching?: RecentEvents;
  /** How many events were asked for. */
  readonly limit: number;
}

export async function readEvents(
  api: EventsApi,
  filters: EventFilters,
  { signal, limit }: { readonly signal: AbortSignal; readonly limit: number },
): Promise<EventsAnswers> {
  const [recent, options, sessions, matching] = await Promise.all([
    api.recent({ limit, filters: {} }, signal),
    api.filterOptions(signal),
    api.sessions(signal),
    isFiltered(filters) ? api.recent({ limit, filters }, signal) : undefined,
  ]);
  return { recent, options, sessions, limit, ...(matching && { matching }) };
}
