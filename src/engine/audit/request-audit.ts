import type { NewEvent } from '../log/log.ts';
import { type AuditEntry, type AuditedAction, auditedEvent } from './audit-entry.ts';

/** What one request leaves in the audit trail. */
export class RequestAudit {
  readonly #ip: string;
  #action: AuditedAction;
  #actor: string | undefined;
  #isRecorded = false;

  constructor(ip: string, action: AuditedAction) {
    this.#ip = ip;
    this.#action = action;
  }

  /** Whether the success was stored together with what it did. */
  get isRecorded(): boolean {
    return this.#isRecorded;
  }

  /** Says in the surface's own words what the request is about, also if it comes to nothing. */
  describe(action: AuditedAction): void {
    this.#action = action;
  }

  by(actor: string): void {
    this.#actor = actor;
  }

  /** The line of a success, to be appended in one step with what was done: neither is there without the other. */
  success(action: AuditedAction): NewEvent {
    this.#action = action;
    this.#isRecorded = true;
    return auditedEvent(this.entry('success'));
  }

  entry(outcome: AuditEntry['outcome']): AuditEntry {
    return { actor: this.#actor ?? 'anonymous', ...this.#action, outcome, ip: this.#ip };
  }
}
