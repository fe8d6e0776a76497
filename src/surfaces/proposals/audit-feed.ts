import { AUDITED, type AuditEntry } from '../../engine/audit/audit-entry.ts';
import { isAdmin } from '../../engine/auth/principal.ts';
import type { FeedDefinition } from '../../engine/feed.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { AUDIT_FILTERS, type AuditFilters, parseAuditFilters } from './audit-filters.ts';
import { auditMembers } from './audit-line.ts';

/** What every feed takes, beside the filters. */
const FEED_PARAMETERS: ReadonlySet<string> = new Set([
  'cursor',
  'wait',
  'heartbeat',
  'connection',
  'token',
  'ticket',
  'transport',
]);

/** Who did what, as it happens, for admins (specs/002 "Audit Trail"). */
export const auditFeed: FeedDefinition = {
  name: 'audit',
  path: '/ws/audit',
  isPrivate: true,
  open(query, _snapshots, { principal }) {
    if (!principal || !isAdmin(principal))
      throw new MillraceError('forbidden', 'only an admin may see the audit trail');
    const asked = [...query].filter(([name]) => !FEED_PARAMETERS.has(name));
    const filters = parseAuditFilters(asked);
    return {
      key: JSON.stringify(AUDIT_FILTERS.map((name) => filters[name] ?? null)),
      includes: (record) => record.type === AUDITED && matches(filters, record),
      eventType: () => 'audit',
      encode: (record, cursor) => `{"type":"audit",${auditMembers(record)},"cursor":"${cursor}"}`,
    };
  },
};

function matches(filters: AuditFilters, { body }: LogRecord): boolean {
  const entry = JSON.parse(body) as AuditEntry;
  return AUDIT_FILTERS.every((name) => filters[name] === undefined || filters[name] === entry[name]);
}
