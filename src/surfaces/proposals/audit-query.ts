import * as z from 'zod';
import { invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { AUDIT_FILTERS, type AuditFilters, parseAuditFilters } from './audit-filters.ts';

export const MAX_AUDIT_PAGE = 500;

const whole = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);
const time = z.iso
  .datetime({ offset: true, error: 'must be a time in ISO 8601 with a zone, like 2026-01-31T10:30:45Z' })
  .transform((text) => Date.parse(text));
const pagingSchema = z.object({
  limit: whole.refine((value) => value >= 1 && value <= MAX_AUDIT_PAGE, `must be 1 to ${MAX_AUDIT_PAGE}`).optional(),
  before: whole.optional(),
  from: time.optional(),
  to: time.optional(),
  format: z.enum(['json', 'csv'], 'must be json or csv').optional(),
});
type Paging = z.infer<typeof pagingSchema>;

export interface AuditQuery extends Paging {
  readonly filters: AuditFilters;
}

const PAGING: ReadonlySet<string> = new Set(Object.keys(pagingSchema.shape));
/** How somebody is known who can set no header. */
const CREDENTIALS: ReadonlySet<string> = new Set(['token', 'ticket']);

/** Throws `invalid_request` naming what is wrong, an unknown parameter included. */
export function parseAuditQuery(parameters: URLSearchParams): AuditQuery {
  const given = [...parameters].filter(([name, value]) => value !== '' && !CREDENTIALS.has(name));
  const parsed = pagingSchema.safeParse(Object.fromEntries(given.filter(([name]) => PAGING.has(name))));
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  return { ...parsed.data, filters: parseAuditFilters(given.filter(([name]) => !PAGING.has(name))) };
}

/** Newest first, those with `seq < before`; `from` and `to` are both included. */
export function auditQueries(query: AuditQuery, page: { readonly before: number; readonly limit: number }) {
  const conditions = ['seq < ?'];
  const params: SqlValue[] = [page.before];
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    conditions.push(sql);
    params.push(value);
  };
  for (const name of AUDIT_FILTERS) add(`${name} = ?`, query.filters[name]);
  add('at >= ?', query.from);
  add('at <= ?', query.to);
  const where = conditions.join(' AND ');
  const entries: Query = {
    sql: `SELECT seq, at, body FROM audit WHERE ${where} ORDER BY seq DESC LIMIT ?`,
    params: [...params, page.limit],
  };
  // The total is of all pages: it doesn't move with `before`.
  const total: Query = {
    sql: `SELECT count(*) AS total FROM audit WHERE ${where}`,
    params: [Number.MAX_SAFE_INTEGER, ...params.slice(1)],
  };
  return { entries, total };
}
