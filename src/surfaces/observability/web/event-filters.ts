import * as z from 'zod/mini';
import type { ObservedEvent } from '../events.ts';

const word = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);

/** The filters of the page, under the same names in its URL and in `GET /events/recent`. */
export const eventFiltersSchema = z.object({
  source_app: word,
  session_id: word,
  event_type: word,
  q: word,
});
export type EventFilters = z.infer<typeof eventFiltersSchema>;
export type FilterName = keyof EventFilters;

export const FILTER_NAMES = ['source_app', 'session_id', 'event_type', 'q'] as const satisfies readonly FilterName[];

export function isFiltered(filters: EventFilters): boolean {
  return FILTER_NAMES.some((name) => filters[name] !== undefined);
}

export function isSameFilters(a: EventFilters, b: EventFilters): boolean {
  return FILTER_NAMES.every((name) => a[name] === b[name]);
}

/** Whether an event that has just arrived belongs into the list; the server answers the same for stored ones. */
export function matchesFilters(event: ObservedEvent, { source_app, session_id, event_type, q }: EventFilters): boolean {
  return (
    (source_app === undefined || event.source_app === source_app) &&
    (session_id === undefined || event.session_id === session_id) &&
    (event_type === undefined || event.event_type === event_type) &&
    (q === undefined || hasText(event, q))
  );
}

function hasText(event: ObservedEvent, text: string): boolean {
  const wanted = lowerAscii(text);
  return SEARCHED.some((member) => lowerAscii(event[member] ?? '').includes(wanted));
}

/** As SQLite's LIKE compares: other letters keep their case, so that live and stored events match alike. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const SEARCHED = ['summary', 'tool_name', 'metadata', 'event_type', 'source_app', 'session_id'] as const;
