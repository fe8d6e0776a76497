import { auditPageSchema } from '../events.ts';
import { type AuditSearch, auditQuery } from './audit-search.ts';
import { type ApiRead, callApi, readState } from './call-api.ts';

const PAGE = 100;

/** A page of the trail, newest first; `before` is what the page above it gave. */
export const readAudit = (search: AuditSearch, read: ApiRead, before?: number) => {
  const more = { limit: String(PAGE), ...(before === undefined ? {} : { before: String(before) }) };
  return readState(() => callApi(`/api/v1/audit?${auditQuery(search, more)}`, auditPageSchema, read));
};

/** Where the whole trail can be had as a file, with the filters. */
export const exportUrl = (search: AuditSearch, format: 'csv' | 'json') =>
  `/api/v1/audit?${auditQuery(search, { format })}`;
