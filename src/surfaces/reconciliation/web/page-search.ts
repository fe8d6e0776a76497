import * as z from 'zod/mini';
import { type ReconciliationEvent, type ReconciliationStatus, reconciliationStatusSchema } from '../events.ts';

const word = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const time = z.catch(z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))), undefined);

/** The page's URL: the audit's filters, its page, and the service whose drawer is open. */
export const pageSearchSchema = z.object({
  service: word,
  status: z.catch(z.optional(reconciliationStatusSchema), undefined),
  /** ISO 8601. */
  from: time,
  to: time,
  page: z.catch(z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,5}$/))), undefined),
  open: word,
});
export type PageSearch = z.infer<typeof pageSearchSchema>;

export const STATUSES: readonly ReconciliationStatus[] = reconciliationStatusSchema.options;

export const NO_FILTERS = { service: undefined, status: undefined, from: undefined, to: undefined, page: undefined };

export function isFiltered({ service, status, from, to }: PageSearch): boolean {
  return [service, status, from, to].some((value) => value !== undefined);
}

/** The query of `GET /reconciliation/audit` for a page of the table. */
export function auditQuery({ service, status, from, to, page }: PageSearch, limit: number): string {
  const query = new URLSearchParams({ page: page ?? '1', limit: String(limit) });
  for (const [name, value] of Object.entries({ service, status, from, to })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}

/** Whether the audit's table would show an update, if it were asked for again. */
export function matchesFilters(event: ReconciliationEvent, { service, status, from, to }: PageSearch): boolean {
  const at = Date.parse(event.at);
  return (
    (service === undefined || event.service === service) &&
    (status === undefined || event.status === status) &&
    (from === undefined || at >= Date.parse(from)) &&
    (to === undefined || at <= Date.parse(to))
  );
}
