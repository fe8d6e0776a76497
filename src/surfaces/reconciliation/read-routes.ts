import type { Hono } from 'hono';
import { parseQuery } from '../../engine/http/parse-query.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { auditParametersSchema, auditQueries } from './audit-query.ts';
import { entryJson } from './record.ts';

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

const LATEST = {
  sql: `SELECT l.seq, l.at, l.type, l.tag, json_remove(l.body, '$.jobIds') AS body
        FROM recon_service s JOIN log l ON l.seq = s.seq ORDER BY s.service`,
};

/** The reads of specs/001; each is one snapshot, so that its rows and its cursor belong together. */
export function addReadRoutes(routes: Hono, { snapshots }: SurfaceContext): void {
  routes.get('/reconciliation/latest', async (context) => {
    const { cursor, results } = await snapshots.snapshot<[LogRecord]>([LATEST]);
    const text = `{"services":[${entries(results[0], cursor)}],"cursor":"${formatCursor(cursor)}"}`;
    return context.body(text, 200, JSON_HEADERS);
  });

  routes.get('/reconciliation/audit', async (context) => {
    const parameters = parseQuery(auditParametersSchema, context);
    const { page: pageQuery, total: totalQuery } = auditQueries(parameters);
    const { cursor, results } = await snapshots.snapshot<[LogRecord, { total: number }]>([pageQuery, totalQuery]);
    const [rows, [count]] = results;
    const { page, limit } = parameters;
    const total = count?.total ?? 0;
    const meta = JSON.stringify({ page, limit, total, totalPages: Math.ceil(total / limit) });
    const text = `{"data":[${entries(rows, cursor)}],"meta":${meta},"cursor":"${formatCursor(cursor)}"}`;
    return context.body(text, 200, JSON_HEADERS);
  });
}

function entries(rows: readonly LogRecord[], { epoch }: Cursor): string {
  return rows.map((row) => entryJson(row, formatCursor({ epoch, seq: row.seq, tag: row.tag }))).join(',');
}
