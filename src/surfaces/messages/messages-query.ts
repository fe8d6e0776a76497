import * as z from 'zod';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { MAX_COUNTED, MAX_MESSAGES, MESSAGE_LIMITS, OWN_ID_PREFIX } from './events.ts';
import { timeSchema } from './parse-message.ts';
import { minuteOf } from './posted-batch.ts';
import { searchExpression } from './search-expression.ts';

/** An empty parameter is what a form sends for a filter that isn't set. */
export const filterSchema = z
  .string()
  .max(MESSAGE_LIMITS.channel, `at most ${MESSAGE_LIMITS.channel} characters`)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** A number from 1 to `most`. */
export function limitSchema(most: number) {
  const problem = `must be a number from 1 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,4}$/, problem)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= most, problem)
    .default(50);
}

const time = z.preprocess((text) => (text === '' ? undefined : text), timeSchema.optional());

export const messagesParametersSchema = z
  .object({
    limit: limitSchema(MAX_MESSAGES),
    before: filterSchema,
    after: filterSchema,
    around: filterSchema,
    channel: filterSchema,
    user: filterSchema,
    q: filterSchema,
    from: time,
    to: time,
  })
  .refine(({ before, after, around }) => [before, after, around].filter((anchor) => anchor !== undefined).length <= 1, {
    error: 'only one of before, after and around may be given',
  });
export type MessagesParameters = Partial<z.infer<typeof messagesParametersSchema>> & { readonly limit: number };

export interface MessageRow {
  readonly seq: number;
  readonly at: number;
  readonly body: string;
  /** The name is gone, the history kept. */
  readonly without_channel: number;
  readonly without_user: number;
}

export interface MessagesQueries {
  /** One row; `seq` is null when nobody knows the message of `before`, `after` or `around`. */
  readonly anchor: Query;
  /** Newest first: more than the page may hold, as it is only known afterwards whether there are others. */
  readonly older: Query;
  /** Oldest first. */
  readonly newer: Query;
  readonly total: Query;
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Where matching messages are found; `seq` names the position there. */
interface Source {
  readonly from: string;
  readonly seq: string;
  readonly conditions: readonly Condition[];
}

const CHANNEL_ID = '(SELECT id FROM msg_channel WHERE name = ?)';
const USER_ID = '(SELECT id FROM msg_user WHERE name = ?)';

/** The statements of one page. Each is answered by an index, or ends after a bounded number of rows. */
export function messagesQueries(parameters: MessagesParameters): MessagesQueries {
  const { limit, before, after, around } = parameters;
  const source = sourceOf(parameters);
  const anchor = anchorOf(before ?? after ?? around);
  // On the side that the page doesn't show, one row is enough to know that there is something.
  const olderLimit = after === undefined ? limit + 1 : 1;
  const newerLimit = after === undefined && around === undefined ? 1 : limit + 1;
  const isAnchored = anchor !== undefined;
  return {
    anchor: { sql: `SELECT ${anchor?.sql ?? '0'} AS seq`, params: anchor?.params ?? [] },
    older: rows(source, { comparison: before === undefined ? '<=' : '<', anchor, order: 'DESC', limit: olderLimit }),
    newer: isAnchored
      ? rows(source, { comparison: before === undefined ? '>' : '>=', anchor, order: 'ASC', limit: newerLimit })
      : { sql: 'SELECT 1 WHERE 0' },
    total: totalOf(parameters, source),
  };
}

interface Slice {
  readonly comparison: string;
  readonly anchor: Condition | undefined;
  readonly order: 'ASC' | 'DESC';
  readonly limit: number;
}

function rows({ from, seq, conditions }: Source, { comparison, anchor, order, limit }: Slice): Query {
  const bound = anchor ? [{ sql: `${seq} ${comparison} ${anchor.sql}`, params: anchor.params }] : [];
  const { sql, params } = where([...conditions, ...bound]);
  return {
    sql: `SELECT l.seq, l.at, l.body, c.id IS NULL AS without_channel, u.id IS NULL AS without_user
      FROM (SELECT ${seq} AS seq FROM ${from} ${sql} ORDER BY ${seq} ${order} LIMIT ?) AS page
      CROSS JOIN msg_message AS stored ON stored.seq = page.seq
      CROSS JOIN log AS l ON l.seq = page.seq
      LEFT JOIN msg_channel AS c ON c.id = stored.channel
      LEFT JOIN msg_user AS u ON u.id = stored.user
      ORDER BY page.seq ${order}`,
    params: [...params, limit],
  };
}

/** An id as it is shown, or a position. */
function anchorOf(text: string | undefined): Condition | undefined {
  if (text === undefined) return undefined;
  const digits = text.startsWith(OWN_ID_PREFIX) ? text.slice(OWN_ID_PREFIX.length) : text;
  const position = /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  return { sql: 'coalesce((SELECT max(seq) FROM msg_message WHERE id = ?), ?)', params: [text, position] };
}

/** Text is found by its index; so is what has both names, as that index knows them too and finds the few they share. */
function sourceOf({ channel, user, q, from, to }: MessagesParameters): Source {
  const times = timeConditions(from, to);
  if (q === undefined && (channel === undefined || user === undefined)) {
    const name = channel ?? user;
    if (name === undefined) return { from: 'msg_message AS m', seq: 'm.seq', conditions: times };
    const [kind, id] = channel === undefined ? ['user', USER_ID] : ['channel', CHANNEL_ID];
    return {
      from: `msg_message AS m INDEXED BY msg_message_by_${kind}`,
      seq: 'm.seq',
      conditions: [{ sql: `m.${kind} = ${id}`, params: [name] }, ...times],
    };
  }
  const conditions = [matchCondition({ channel, user, q }), ...timeConditions(from, to, 't.rowid')];
  const join = times.length === 0 ? '' : 'CROSS JOIN msg_message AS m ON m.seq = t.rowid';
  return { from: `msg_text AS t ${join}`, seq: 't.rowid', conditions };
}

function matchCondition({ channel, user, q }: Pick<MessagesParameters, 'channel' | 'user' | 'q'>): Condition {
  const words = q === undefined ? undefined : searchExpression(q);
  if (q !== undefined && words === undefined) return { sql: '0', params: [] };
  const parts: Condition[] = [];
  if (words !== undefined) parts.push({ sql: '?', params: [`{text} : (${words})`] });
  if (channel !== undefined) parts.push({ sql: scope('c', CHANNEL_ID), params: [channel] });
  if (user !== undefined) parts.push({ sql: scope('u', USER_ID), params: [user] });
  return {
    sql: `t.msg_text MATCH ${parts.map(({ sql }) => sql).join(` || ' AND ' || `)}`,
    params: parts.flatMap(({ params }) => params),
  };
}

/** The number 0 is nobody's. */
function scope(letter: string, id: string): string {
  return `('{scope} : "${letter}' || coalesce(${id}, 0) || '"')`;
}

/** The minutes tell in which part of the log such messages are, so that no other part is looked at. */
function timeConditions(from: number | undefined, to: number | undefined, seq = 'm.seq'): Condition[] {
  if (from === undefined && to === undefined) return [];
  const first = from ?? Number.MIN_SAFE_INTEGER;
  const end = to ?? Number.MAX_SAFE_INTEGER;
  const minutes = [minuteOf(first), minuteOf(end)];
  const bound = (column: string) => `(SELECT ${column} FROM msg_minute WHERE minute BETWEEN ? AND ?)`;
  return [
    { sql: `${seq} >= ${bound('min(min_seq)')}`, params: minutes },
    { sql: `${seq} <= ${bound('max(max_seq)')}`, params: minutes },
    { sql: 'm.sent_at >= ? AND m.sent_at < ?', params: [first, end] },
  ];
}

/** Counts by name are kept ready; others are counted up to {@link MAX_COUNTED}. */
function totalOf({ channel, user, q, from, to }: MessagesParameters, { from: tables, conditions }: Source): Query {
  if (q !== undefined || from !== undefined || to !== undefined) {
    const { sql, params } = where(conditions);
    return {
      sql: `SELECT count(*) AS total FROM (SELECT 1 FROM ${tables} ${sql} LIMIT ?)`,
      params: [...params, MAX_COUNTED],
    };
  }
  if (channel !== undefined && user !== undefined) {
    return {
      sql: `SELECT coalesce(sum(messages), 0) AS total FROM msg_member WHERE channel = ${CHANNEL_ID} AND user = ${USER_ID}`,
      params: [channel, user],
    };
  }
  const count = (table: string, name: string) => ({
    sql: `SELECT coalesce(sum(messages), 0) AS total FROM ${table} WHERE name = ?`,
    params: [name],
  });
  if (channel !== undefined) return count('msg_channel', channel);
  if (user !== undefined) return count('msg_user', user);
  return { sql: 'SELECT messages AS total FROM msg_total' };
}

function where(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '', params: [] };
  return {
    sql: `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`,
    params: conditions.flatMap(({ params }) => params),
  };
}
