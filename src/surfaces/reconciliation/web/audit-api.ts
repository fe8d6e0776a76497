import { runtimeEnvironment } from '../../../client/runtime-environment.ts';
import { readJson } from '../../../react/read-json.ts';
import { type AuditPage, auditPageSchema } from '../events.ts';
import { auditQuery, type PageSearch } from './page-search.ts';

export const AUDIT_PAGE_SIZE = 25;

/** One page of the audit, newest first. */
export async function readAudit(search: PageSearch, signal: AbortSignal, limit = AUDIT_PAGE_SIZE): Promise<AuditPage> {
  const path = `/reconciliation/audit?${auditQuery(search, limit)}`;
  return auditPageSchema.parse(await readJson(runtimeEnvironment, { url: path, path, signal }));
}
