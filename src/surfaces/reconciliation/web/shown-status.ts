import type { ReconciliationEvent, ReconciliationStatus, StaleReason } from '../events.ts';

/** The server's default for MILLRACE_STALE_AFTER_MS; it counts here only while nothing is heard from the server. */
export const STALE_AFTER_MS = 15_000;

export interface ShownStatus {
  readonly status: ReconciliationStatus;
  readonly why: string | undefined;
}

const REASONS: Record<StaleReason, string> = {
  awaiting_expected: 'waiting for the expected side',
  awaiting_actual: 'waiting for the actual side',
  no_report: 'no report for a while',
};

/**
 * What a row says at a moment. The server says when a service went stale; while it is not heard, neither by
 * the stream nor by polling, the row turns stale by its own age, since nobody knows any more. `silentSince` is when the
 * server's word was last had; undefined while it is heard.
 */
export function shownStatus(event: ReconciliationEvent, now: number, silentSince: number | undefined): ShownStatus {
  const { status, staleReason, lastReportAt } = event;
  const knownUntil = Math.max(Date.parse(lastReportAt), silentSince ?? now);
  if (status === 'verified' && now - knownUntil >= STALE_AFTER_MS) {
    return { status: 'stale', why: 'not heard of since the connection was lost' };
  }
  return { status, why: staleReason && REASONS[staleReason] };
}
