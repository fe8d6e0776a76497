import type { Context, Hono } from 'hono';
import { adminOf } from '../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { auditLine, auditMembers, CSV_HEADER, csvLine, type StoredEntry } from './audit-line.ts';
import { type AuditQuery, auditQueries, parseAuditQuery } from './audit-query.ts';
import type { AuditPage } from './events.ts';

const DEFAULT_PAGE = 50;
/** Entries of an export that are in memory at a time. */
const EXPORT_PAGE = 500;
const FROM_NEWEST = Number.MAX_SAFE_INTEGER;
const encoder = new TextEncoder();

/** The audit trail for admins: in pages, or as a whole with `format`. */
export function addAuditRoutes(routes: Hono, context: SurfaceContext): void {
  routes.get('/api/v1/audit', async (request) => {
    await adminOf(request);
    const query = parseAuditQuery(new URL(request.req.url).searchParams);
    const isExport = query.format === 'csv' || (query.format === 'json' && query.limit === undefined);
    return isExport ? exported(request, context, query) : request.json(await pageOf(context, query));
  });
}

async function pageOf({ snapshots }: SurfaceContext, query: AuditQuery): Promise<AuditPage> {
  const { before = FROM_NEWEST, limit = DEFAULT_PAGE } = query;
  // One more than is shown tells whether another page follows.
  const { entries, total } = auditQueries(query, { before, limit: limit + 1 });
  const { cursor, results } = await snapshots.snapshot<[StoredEntry, { total: number }]>([entries, total]);
  const shown = results[0].slice(0, limit);
  return {
    entries: shown.map(auditLine),
    total: results[1][0]?.total ?? 0,
    before: results[0].length > limit ? (shown.at(-1)?.seq ?? null) : null,
    cursor: formatCursor(cursor),
  };
}

/** Written page by page as it is read, so that the trail may be of any length; one that is abandoned ends with its reader. */
async function exported(request: Context, context: SurfaceContext, query: AuditQuery): Promise<Response> {
  const isCsv = query.format === 'csv';
  const { before: from = FROM_NEWEST } = query;
  const { total } = auditQueries(query, { before: from, limit: 1 });
  const { cursor, results } = await context.snapshots.snapshot<[{ total: number }]>([total]);
  const head = isCsv ? CSV_HEADER : '{"entries":[';
  const tail = isCsv ? '' : `],"total":${results[0][0]?.total ?? 0},"before":null,"cursor":"${formatCursor(cursor)}"}`;
  // What is recorded while the export is read is not part of it.
  let before = Math.min(from, cursor.seq + 1);
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(head));
      },
      async pull(controller) {
        const { entries } = auditQueries(query, { before, limit: EXPORT_PAGE });
        const page = (await context.snapshots.snapshot<[StoredEntry]>([entries])).results[0];
        const last = page.at(-1);
        if (last) {
          before = last.seq;
          const lines = isCsv
            ? page.map((entry) => csvLine(auditLine(entry))).join('')
            : page.map((entry) => `{${auditMembers(entry)}}`).join(',');
          controller.enqueue(encoder.encode(isFirst || isCsv ? lines : `,${lines}`));
          isFirst = false;
        }
        if (page.length === EXPORT_PAGE) return;
        controller.enqueue(encoder.encode(tail));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const type = isCsv ? 'text/csv; charset=utf-8' : 'application/json';
  request.header('content-disposition', `attachment; filename="audit.${isCsv ? 'csv' : 'json'}"`);
  request.header('cache-control', 'no-store');
  request.header('content-type', type);
  return request.body(body);
}
