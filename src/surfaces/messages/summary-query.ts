import * as z from 'zod';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { MAX_ROWS } from './events.ts';
import { filterSchema, limitSchema } from './messages-query.ts';
import type { OwnerKind } from './owner-table.ts';

export const summaryParametersSchema = z.object({
  sort: z.enum(['messages', 'activity', 'name']).default('messages'),
  order: z.enum(['asc', 'desc']).optional(),
  limit: limitSchema(MAX_ROWS),
  offset: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a number')
    .transform(Number)
    .default(0),
  q: filterSchema,
});
export type SummaryParameters = z.infer<typeof summaryParametersSchema>;

/** A channel or a user as it is read. */
export interface SummaryRow {
  readonly name: string;
  readonly display_name: string | null;
  readonly messages: number;
  readonly first_sent_at: number | null;
  readonly last_sent_at: number | null;
  /** Text of the JSON array. */
  readonly activity: string;
}

/** The columns of {@link SummaryRow}, of the table `o`. */
export function summaryColumns(kind: OwnerKind): string {
  return `o.name, ${kind === 'user' ? 'o.display_name' : 'NULL AS display_name'}, o.messages, o.first_sent_at, o.last_sent_at,
    (SELECT json_group_array(json_array(minute, messages)) FROM (
      SELECT minute, messages FROM msg_activity WHERE kind = '${kind}' AND owner = o.id ORDER BY minute
    )) AS activity`;
}

/** Each order has its index; names are compared without regard to the case of ASCII letters. */
const ORDERS = {
  messages: { column: 'messages', usual: 'desc' },
  activity: { column: 'last_seq', usual: 'desc' },
  name: { column: 'name COLLATE NOCASE', usual: 'asc' },
} as const;

export function summaryQueries(kind: OwnerKind, parameters: SummaryParameters): { page: Query; total: Query } {
  const { sort, limit, offset, q } = parameters;
  const { column, usual } = ORDERS[sort];
  const order = parameters.order ?? usual;
  const [where, params]: [string, SqlValue[]] =
    q === undefined ? ['', []] : [`WHERE name LIKE ? ESCAPE '\\'`, [`%${q.replace(/[\\%_]/g, '\\$&')}%`]];
  const total = kind === 'channel' ? 'channels' : 'users';
  return {
    page: {
      sql: `SELECT ${summaryColumns(kind)} FROM (
          SELECT * FROM msg_${kind} ${where} ORDER BY ${column} ${order}, id ${order} LIMIT ? OFFSET ?
        ) AS o`,
      params: [...params, limit, offset],
    },
    total:
      q === undefined
        ? { sql: `SELECT ${total} AS total FROM msg_total` }
        : { sql: `SELECT count(*) AS total FROM msg_${kind} ${where}`, params },
  };
}

/** At most this many channels of a user are shown. */
const MAX_USER_CHANNELS = 100;

/** The channels of the users that `users` names by their numbers, most messages first, as one JSON array. */
export function userChannelsColumn(user: string): string {
  return `(SELECT json_group_array(json_object('channel', channel, 'message_count', messages)) FROM (
      SELECT c.name AS channel, sum(m.messages) AS messages
      FROM msg_member AS m LEFT JOIN msg_channel AS c ON c.id = m.channel
      WHERE m.user = ${user} GROUP BY c.name ORDER BY 2 DESC, 1 LIMIT ${MAX_USER_CHANNELS}
    )) AS channels`;
}
