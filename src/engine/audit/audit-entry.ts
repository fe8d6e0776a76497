import type { NewEvent } from '../log/log.ts';

/** Log record: somebody did something, or was not let. Its body is an {@link AuditEntry}; `id` and `at` are the record's. */
export const AUDITED = 'audit.recorded';
export const AUDIT_CHANNEL = 'audit';

export const AUDIT_OUTCOMES = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** What was done to what. */
export interface AuditedAction {
  /** `<noun>.<past tense>`, for example `comment.created`. */
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  /** The resource, or what of it changed, on either side of the action. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One line of the audit trail (CONTRACT, 002). */
export interface AuditEntry extends AuditedAction {
  /** The user; `anonymous` for somebody who showed no token, or a bad one. */
  readonly actor: string;
  readonly outcome: AuditOutcome;
  /** Address of the peer. */
  readonly ip: string;
}

export function auditedEvent(entry: AuditEntry): NewEvent {
  return { type: AUDITED, channel: AUDIT_CHANNEL, body: JSON.stringify(entry) };
}
