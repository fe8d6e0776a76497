import * as z from 'zod';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { MAX_RECENT } from './events.ts';

/** How far back full text is searched, in positions of the log: text has no index, so every one costs time. */
export const SEARCH_WINDOW = 200_000;

const id = z
  .string()
  .regex(/^\d{1,15}$/, 'must be an event id')
  .transform(Number);
/** How many rows of at most {@link MAX_RECENT} an answer may hold. */
export const limitSchema = z
  .string()
  .regex(/^\d{1,4}$/, `must be a number from 1 to ${MAX_RECENT}`)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= MAX_RECENT, `must be a number from 1 to ${MAX_RECENT}`)
  .default(50);
/** An empty parameter is what a form sends for a filter that isn't set. */
const filter = z
  .string()
  .max(200)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

export const recentParametersSchema = z.object({
  limit: limitSchema,
  after: id.optional(),
  before: id.optional(),
  source_app: filter,
  session_id: filter,
  event_type: filter,
  q: filter,
});
export type RecentParameters = z.infer<typeof recentParametersSchema>;

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

export interface RecentQueries {
  readonly page: Query;
  readonly total: Query;
  /** The oldest position a search for text has looked at. */
  readonly searchedFrom: Query;
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const FROM_EVENTS = 'FROM obs_event e CROSS JOIN log l ON l.seq = e.seq';
const SEARCHED = ['summary', 'tool_name', 'event_type', 'source_app', 'session_id', 'metadata'];

/**
 * The page holds the newest events before `before`; with `after`, the oldest that follow it, so that a gap can be read
 * up to its end page by page. The total counts all that match the filters, whatever `after`, `before` and `limit` say.
 */
export function recentQueries(parameters: RecentParameters): RecentQueries {
  const { limit, after, before, q } = parameters;
  const filters = [...nameFilters(parameters), ...(q === undefined ? [] : [windowFilter(before), textFilter(q)])];
  const bounds: Condition[] = [];
  if (after !== undefined) bounds.push({ sql: 'e.seq > ?', params: [after] });
  if (before !== undefined) bounds.push({ sql: 'e.seq < ?', params: [before] });
  const order = after === undefined ? 'DESC' : 'ASC';
  const page = where([...filters, ...bounds]);
  const total = where(filters);
  return {
    page: {
      sql: `SELECT l.seq, l.at, l.body ${FROM_EVENTS} ${page.sql} ORDER BY e.seq ${order} LIMIT ?`,
      params: [...page.params, limit],
    },
    total: isCounted(parameters)
      ? countedTotal(parameters)
      : {
          sql: `SELECT count(*) AS total ${q === undefined ? 'FROM obs_event e' : FROM_EVENTS} ${total.sql}`,
          params: total.params,
        },
    searchedFrom: { sql: `SELECT max(1, 1 + ${WINDOW_START}) AS seq`, params: [before ?? Number.MAX_SAFE_INTEGER] },
  };
}

const WINDOW_START = `(SELECT coalesce(max(seq), 0) FROM obs_event WHERE seq < ?) - ${SEARCH_WINDOW}`;

function windowFilter(before: number | undefined): Condition {
  return { sql: `e.seq > ${WINDOW_START}`, params: [before ?? Number.MAX_SAFE_INTEGER] };
}

/** One of the indexes is chosen here, the most selective first: a `+` keeps SQLite from choosing another. */
function nameFilters({ source_app, session_id, event_type }: RecentParameters): Condition[] {
  const conditions: Condition[] = [];
  const add = (column: string, table: string, name: string) => {
    const hint = conditions.length === 0 ? '' : '+';
    conditions.push({ sql: `${hint}e.${column} = (SELECT id FROM ${table} WHERE name = ?)`, params: [name] });
  };
  if (session_id !== undefined) add('session', 'obs_session', session_id);
  if (event_type !== undefined) add('type', 'obs_type', event_type);
  if (source_app !== undefined) add('app', 'obs_app', source_app);
  return conditions;
}

/** Case-insensitive for ASCII letters, as SQLite's LIKE is. */
function textFilter(text: string): Condition {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const exact = SEARCHED.map((member) => `json_extract(l.body, '$.${member}') LIKE ? ESCAPE '\\'`).join(' OR ');
  const exactParams = SEARCHED.map(() => pattern);
  // A text that JSON writes as it is stands so in the stored body: that is cheap to see. Others differ by escapes.
  if (JSON.stringify(text) !== `"${text}"`) return { sql: `(${exact})`, params: exactParams };
  return { sql: `l.body LIKE ? ESCAPE '\\' AND (${exact})`, params: [pattern, ...exactParams] };
}

/** Totals by app and type are kept ready; a session's events are counted by its index. */
function isCounted({ session_id, q }: RecentParameters): boolean {
  return session_id === undefined && q === undefined;
}

function countedTotal({ source_app, event_type }: RecentParameters): Query {
  const conditions: Condition[] = [];
  if (source_app !== undefined) {
    conditions.push({ sql: 'app = (SELECT id FROM obs_app WHERE name = ?)', params: [source_app] });
  }
  if (event_type !== undefined) {
    conditions.push({ sql: 'type = (SELECT id FROM obs_type WHERE name = ?)', params: [event_type] });
  }
  const { sql, params } = where(conditions);
  return { sql: `SELECT coalesce(sum(events), 0) AS total FROM obs_count ${sql}`, params };
}

function where(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '', params: [] };
  return {
    sql: `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`,
    params: conditions.flatMap((condition) => condition.params),
  };
}
