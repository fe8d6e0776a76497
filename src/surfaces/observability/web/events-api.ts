import type * as z from 'zod/mini';
import { readJson } from '../../../react/read-json.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { filterOptionsSchema, recentEventsSchema, sessionsSchema } from '../events.ts';
import { type EventFilters, FILTER_NAMES } from './event-filters.ts';

/** The reads of the page. Each fails with a sentence a person understands. */
export interface EventsApi {
  recent(query: RecentQuery, signal: AbortSignal): Promise<z.infer<typeof recentEventsSchema>>;
  filterOptions(signal: AbortSignal): Promise<z.infer<typeof filterOptionsSchema>>;
  sessions(signal: AbortSignal): Promise<z.infer<typeof sessionsSchema>>;
}

export interface RecentQuery {
  readonly limit: number;
  readonly filters: EventFilters;
  /** Only events with a smaller id. */
  readonly before?: number;
}

export const eventsApi = createEventsApi((path, init) => fetch(path, init));

/** Reads by the given `fetch`: the browser's, or a server's own. */
export function createEventsApi(fetch: PreloadRequest['fetch']): EventsApi {
  async function read<Schema extends z.ZodMiniType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    return schema.parse(await readJson({ fetch }, { url: path, path, signal }));
  }

  return {
    recent({ limit, filters, before }, signal) {
      const query = new URLSearchParams({ limit: String(limit) });
      if (before !== undefined) query.set('before', String(before));
      for (const name of FILTER_NAMES) {
        const value = filters[name];
        if (value !== undefined) query.set(name, value);
      }
      return read(`/events/recent?${query}`, recentEventsSchema, signal);
    },
    filterOptions: (signal) => read('/events/filter-options', filterOptionsSchema, signal),
    sessions: (signal) => read('/events/sessions', sessionsSchema, signal),
  };
}
