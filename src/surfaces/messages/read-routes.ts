import type { Context, Hono } from 'hono';
import { parseQuery } from '../../engine/http/parse-query.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { messageJson, pageOf } from './messages-page.ts';
import { type MessageRow, messagesParametersSchema, messagesQueries } from './messages-query.ts';
import type { OwnerKind } from './owner-table.ts';
import { metricsMembers, summaryMembers, TOTALS_COLUMNS, type TotalsRow } from './summary-json.ts';
import {
  type SummaryRow,
  summaryColumns,
  summaryParametersSchema,
  summaryQueries,
  userChannelsColumn,
} from './summary-query.ts';

/** Messages of a user in the answer about it. */
const USER_MESSAGES = 50;
const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

interface Total {
  readonly total: number;
}

/** The reads of the surface; each is one snapshot, so that its rows and its cursor belong together. */
export function addReadRoutes(routes: Hono, { snapshots }: SurfaceContext): void {
  routes.get('/api/metrics', async (context) => {
    const { cursor, results } = await snapshots.snapshot<[TotalsRow]>([
      { sql: `SELECT ${TOTALS_COLUMNS} FROM msg_total` },
    ]);
    const [row] = results[0];
    if (!row) throw new Error('there are no totals');
    return answer(context, `{${metricsMembers(row)},"cursor":"${formatCursor(cursor)}"}`);
  });

  routes.get('/api/messages', async (context) => {
    const parameters = parseQuery(messagesParametersSchema, context);
    const queries = messagesQueries(parameters);
    const { cursor, results } = await snapshots.snapshot<[{ seq: number | null }, MessageRow, MessageRow, Total]>([
      queries.anchor,
      queries.older,
      queries.newer,
      queries.total,
    ]);
    const [[anchor], older, newer, [count]] = results;
    if (anchor?.seq == null) throw new MillraceError('not_found', 'there is no message with this id');
    const { rows, before, after } = pageOf(parameters, { older, newer });
    const end = JSON.stringify({ total: count?.total ?? 0, before, after, cursor: formatCursor(cursor) });
    return answer(context, `{"messages":[${rows.map(messageJson).join(',')}],${end.slice(1)}`);
  });

  routes.get('/api/channels', async (context) => {
    const queries = summaryQueries('channel', parseQuery(summaryParametersSchema, context));
    return answer(context, await summaries(snapshots, 'channel', queries));
  });
  routes.get('/api/users', async (context) => {
    const queries = summaryQueries('user', parseQuery(summaryParametersSchema, context));
    return answer(context, await summaries(snapshots, 'user', queries));
  });

  routes.get('/api/users/:name', async (context) => {
    const name = context.req.param('name');
    const text = await userDetail(snapshots, name);
    if (text === undefined) throw new MillraceError('not_found', 'there is no user with this name');
    return answer(context, text);
  });
}

async function summaries(
  snapshots: SurfaceContext['snapshots'],
  kind: OwnerKind,
  { page, total }: { readonly page: Query; readonly total: Query },
): Promise<string> {
  const { cursor, results } = await snapshots.snapshot<[SummaryRow, Total]>([page, total]);
  const [rows, [count]] = results;
  const texts = rows.map((row) => `{${summaryMembers(kind, row)}}`);
  return `{"${kind}s":[${texts.join(',')}],"total":${count?.total ?? 0},"cursor":"${formatCursor(cursor)}"}`;
}

async function userDetail(snapshots: SurfaceContext['snapshots'], name: string): Promise<string | undefined> {
  const { cursor, results } = await snapshots.snapshot<[SummaryRow & { channels: string }, MessageRow]>([
    {
      sql: `SELECT ${summaryColumns('user')}, ${userChannelsColumn('o.id')} FROM msg_user AS o WHERE name = ?`,
      params: [name],
    },
    messagesQueries({ limit: USER_MESSAGES - 1, user: name }).older,
  ]);
  const [[row], messages] = results;
  if (!row) return undefined;
  const texts = messages.map(messageJson).join(',');
  const end = `"channels":${row.channels},"messages":[${texts}],"cursor":"${formatCursor(cursor)}"`;
  return `{${summaryMembers('user', row)},${end}}`;
}

function answer(context: Context, text: string): Response {
  return context.body(text, 200, JSON_HEADERS);
}
