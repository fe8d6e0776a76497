import * as z from 'zod/mini';

/** Most characters of a search, and of the other filters. */
export const MAX_SEARCH = 200;

const word = z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_SEARCH))), undefined);
const time = z.catch(z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))), undefined);

/** The page's URL: its filters by the names of `GET /api/messages`, and the message a link leads to. */
export const messagesSearchSchema = z.object({
  q: word,
  channel: word,
  user: word,
  /** ISO 8601; inclusive. */
  from: time,
  /** ISO 8601; exclusive. */
  to: time,
  /** Id of a message to be shown among the others. */
  around: word,
});
export type MessagesSearch = z.infer<typeof messagesSearchSchema>;

const FILTERS = ['q', 'channel', 'user', 'from', 'to'] as const satisfies readonly (keyof MessagesSearch)[];

export const NO_FILTERS = { q: undefined, channel: undefined, user: undefined, from: undefined, to: undefined };

export function isFiltered(search: MessagesSearch): boolean {
  return FILTERS.some((name) => search[name] !== undefined);
}

export function hasSameFilters(a: MessagesSearch, b: MessagesSearch): boolean {
  return FILTERS.every((name) => a[name] === b[name]);
}

/** The members that are set, as the query of a URL. */
export function toQuery(members: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== undefined) query.set(name, String(value));
  return query.toString();
}
