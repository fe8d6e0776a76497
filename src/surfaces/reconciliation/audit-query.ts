import * as z from 'zod';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { reconciliationStatusSchema } from './events.ts';
import { MAX_AUDIT_PAGE, REPORT_LIMITS } from './limits.ts';

const number = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a number from 1 to ${max}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `must be a number from 1 to ${max}`);

/** An empty parameter is what a form sends for a filter that isn't set. */
const filter = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .literal('')
    .transform(() => undefined)
    .or(schema)
    .optional();

const time = z.iso
  .datetime({ offset: true, error: 'must be a time in ISO 8601 with a zone, like 2026-01-31T10:30:45Z' })
  .transform((text) => Date.parse(text));

export const auditParametersSchema = z.object({
  page: number(1_000_000).default(1),
  limit: number(MAX_AUDIT_PAGE).default(50),
  service: filter(z.string().max(REPORT_LIMITS.service, `at most ${REPORT_LIMITS.service} characters`)),
  status: filter(z.enum(reconciliationStatusSchema.options, 'must be verified, stale or discrepancy')),
  from: filter(time),
  to: filter(time),
});
export type AuditParameters = z.infer<typeof auditParametersSchema>;

/** Newest first; `from` and `to` are both included. */
export function auditQueries(parameters: AuditParameters): { readonly page: Query; readonly total: Query } {
  const { page, limit } = parameters;
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    conditions.push(sql);
    params.push(value);
  };
  add('service = ?', parameters.service);
  add('status = ?', parameters.status);
  add('at >= ?', parameters.from);
  add('at <= ?', parameters.to);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return {
    page: {
      sql: `SELECT l.seq, l.at, l.type, l.tag, json_remove(l.body, '$.jobIds') AS body
            FROM (SELECT seq FROM recon_audit ${where} ORDER BY seq DESC LIMIT ? OFFSET ?) AS a
            JOIN log l ON l.seq = a.seq ORDER BY l.seq DESC`,
      params: [...params, limit, (page - 1) * limit],
    },
    total: { sql: `SELECT count(*) AS total FROM recon_audit ${where}`, params },
  };
}
