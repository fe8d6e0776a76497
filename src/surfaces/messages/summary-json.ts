import type { OwnerKind } from './owner-table.ts';
import type { SummaryRow } from './summary-query.ts';

/** The counts of everything, as they are read. */
export interface TotalsRow {
  readonly messages: number;
  readonly channels: number;
  readonly users: number;
  readonly last_sent_at: number | null;
}

export const TOTALS_COLUMNS = `messages, channels, users,
  (SELECT sent_at FROM msg_message ORDER BY seq DESC LIMIT 1) AS last_sent_at`;

/** The members of `GET /api/metrics` as JSON text without the braces. */
export function metricsMembers({ messages, channels, users, last_sent_at }: TotalsRow): string {
  return `"total_messages":${messages},"total_channels":${channels},"total_users":${users},"last_message_at":${isoText(last_sent_at)}`;
}

/** The members of a channel or a user as JSON text without the braces. */
export function summaryMembers(kind: OwnerKind, row: SummaryRow): string {
  const displayName = row.display_name === null ? '' : `,"display_name":${JSON.stringify(row.display_name)}`;
  return (
    `"${kind}":${JSON.stringify(row.name)}${displayName},"message_count":${row.messages},` +
    `"first_message_at":${isoText(row.first_sent_at)},"last_message_at":${isoText(row.last_sent_at)},"activity":${row.activity}`
  );
}

function isoText(ms: number | null): string {
  return ms === null ? 'null' : `"${new Date(ms).toISOString()}"`;
}
