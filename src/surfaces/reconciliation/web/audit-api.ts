import { readJson } from '../../../react/read-json.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { type AuditPage, auditPageSchema } from '../events.ts';
import { auditQuery, type PageSearch } from './page-search.ts';

export const AUDIT_PAGE_SIZE = 25;

export interface AuditReading {
  readonly signal: AbortSignal;
  /** Default 25. */
  readonly limit?: number;
  /** Default: the browser's. */
  readonly fetch?: PreloadRequest['fetch'];
}

/** What an answer is kept under. */
export function auditKey({ service, status, from, to, page }: PageSearch) {
  return ['reconciliation', 'audit', { service, status, from, to, page }] as const;
}

/** One page of the audit, newest first. */
export async function readAudit(
  search: PageSearch,
  { signal, limit = AUDIT_PAGE_SIZE, fetch = (path, init) => globalThis.fetch(path, init) }: AuditReading,
): Promise<AuditPage> {
  const path = `/reconciliation/audit?${auditQuery(search, limit)}`;
  return auditPageSchema.parse(await readJson({ fetch }, { url: path, path, signal }));
}
