import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { ClientLimiter } from '../http/client-limiter.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics.ts';
import { type AuditEntry, auditedEvent } from './audit-entry.ts';

export interface AuditTrailOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Refusals of one address that are written down: somebody who guesses must not fill the disk. */
const REFUSALS_PER_CLIENT = { perSecond: 0.1, burst: 30 };
const REFUSALS_TOGETHER = { perSecond: 1, burst: 200 };

/** Writes into the log who did what, and who was not let. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #refusals: ClientLimiter;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#refusals = new ClientLimiter({
      clock: options.clock,
      perClient: REFUSALS_PER_CLIENT,
      together: REFUSALS_TOGETHER,
    });
  }

  /** Settles when the entry is on disk, or is known to be lost, which is logged: what it tells of has happened already. */
  async record(entry: AuditEntry): Promise<void> {
    const { log, metrics, logger } = this.#options;
    if (entry.outcome !== 'success' && !this.#mayRefuse(entry.ip)) {
      metrics.rejects.inc({ reason: 'audit_limited' });
      return;
    }
    try {
      await log.append([auditedEvent(entry)]);
    } catch (error) {
      const { actor, action, resource_type, resource_id, outcome } = entry;
      logger.error(
        { err: error, actor, action, resource_type, resource_id, outcome },
        'the audit trail misses an entry',
      );
    }
  }

  #mayRefuse(address: string): boolean {
    try {
      this.#refusals.take(address);
      return true;
    } catch {
      return false;
    }
  }
}
