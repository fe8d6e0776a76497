import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { compare, fallSilent } from './compare.ts';
import { REPORT_LIMITS } from './limits.ts';
import { parseUpdate, type UpdateBody, updateEvent } from './record.ts';
import type { Report } from './report.ts';

export interface Reconciled {
  readonly seq: number;
  readonly update: UpdateBody;
}

type Uses = Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'turns'>;

/**
 * Brings reports into the log. Reports of one service take turns: each is compared with the update that the one before
 * it has committed, so that of two sides that come at once the second always meets the first.
 */
export class Reconciler {
  readonly #uses: Uses;

  constructor(uses: Uses) {
    this.#uses = uses;
  }

  async report(report: Report): Promise<Reconciled> {
    const { clock } = this.#uses;
    const receivedAt = clock.now();
    const begin = clock.monotonic();
    return this.#inTurn(report.service, async () => {
      const previous = await this.#latest(report.service);
      const latencyMs = latencyOf(report, receivedAt, () => clock.monotonic() - begin);
      return this.#append(compare(previous?.update, report, { at: receivedAt, latencyMs }));
    });
  }

  /** Records that the service fell silent, unless something newer than the update `since` was recorded. */
  async markSilent(service: string, since: number): Promise<void> {
    await this.#inTurn(service, async () => {
      const latest = await this.#latest(service);
      if (latest?.seq === since) await this.#append(fallSilent(latest.update));
    });
  }

  #inTurn<Result>(service: string, action: () => Promise<Result>): Promise<Result> {
    return this.#uses.turns.take(`reconciliation ${service}`, action);
  }

  async #latest(service: string): Promise<Reconciled | undefined> {
    const { snapshots } = this.#uses;
    const { results } = await snapshots.snapshot<[Pick<LogRecord, 'seq' | 'body'>, { services: number }]>([
      {
        sql: 'SELECT l.seq, l.body FROM recon_service s JOIN log l ON l.seq = s.seq WHERE s.service = ?',
        params: [service],
      },
      { sql: 'SELECT count(*) AS services FROM recon_service' },
    ]);
    const [[latest], [known]] = results;
    if (latest) return { seq: latest.seq, update: parseUpdate(latest.body) };
    if ((known?.services ?? 0) < REPORT_LIMITS.services) return undefined;
    const message = `service: ${REPORT_LIMITS.services} services are known, which is as many as there can be`;
    throw new MillraceError('invalid_request', message, { details: { issues: [{ path: 'service', message }] } });
  }

  async #append(update: UpdateBody): Promise<Reconciled> {
    const { records } = await this.#uses.log.append([updateEvent(update)]);
    const [record] = records;
    if (!record) throw new Error('the log stored nothing');
    return { seq: record.seq, update };
  }
}

function latencyOf({ latencyMs, reportedAt }: Report, receivedAt: number, measured: () => number): number {
  if (latencyMs !== undefined) return latencyMs;
  // Two clocks: one that is ahead must not give a negative time.
  if (reportedAt !== undefined) return Math.max(0, receivedAt - reportedAt);
  return Math.round(measured() * 1_000) / 1_000;
}
