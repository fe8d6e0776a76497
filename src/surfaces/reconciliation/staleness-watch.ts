import { followLog } from '../../engine/log/follow-log.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { isSilent } from './compare.ts';
import type { Reconciler } from './reconciler.ts';
import { parseUpdate, UPDATED } from './record.ts';

/** When a refusing log is asked again. */
const RETRY_MS = 1_000;

/** Every service's latest update; job ids can be many, and say nothing about time. */
const WITHOUT_JOB_IDS = `
  SELECT l.seq, l.at, l.type, l.channel, l.tag, json_remove(l.body, '$.jobIds') AS body
  FROM recon_service s JOIN log l ON l.seq = s.seq`;

interface Deadline {
  /** Monotonic time. */
  readonly dueAt: number;
  /** The update that the deadline belongs to. */
  readonly seq: number;
}

/**
 * Records one `stale` update for each service that sends no report for too long. Deadlines come from the log, whoever
 * wrote to it, and from what the log held at the start; one timer waits for the earliest.
 */
export class StalenessWatch implements AsyncDisposable {
  readonly #context: SurfaceContext;
  readonly #reconciler: Reconciler;
  readonly #deadlines = new Map<string, Deadline>();
  readonly #ended = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #timer: { readonly dueAt: number; readonly cancel: () => void } | undefined;

  constructor(context: SurfaceContext, reconciler: Reconciler) {
    this.#context = context;
    this.#reconciler = reconciler;
    this.#run(this.#load());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#timer?.cancel();
    await Promise.allSettled(this.#work);
  }

  async #load(): Promise<void> {
    const { log, snapshots, logger } = this.#context;
    const { cursor, results } = await snapshots.snapshot<[LogRecord]>([{ sql: WITHOUT_JOB_IDS }]);
    if (this.#ended.signal.aborted) return;
    this.#deadlines.clear();
    this.#note(results[0]);
    const following = followLog({
      log,
      after: cursor.seq,
      onRecords: (records) => this.#note(records),
      onLost: (reason) => {
        logger.warn({ err: reason }, 'following the log for stale services begins again');
        this.#again(() => this.#load());
      },
    });
    this.#ended.signal.addEventListener('abort', () => following[Symbol.dispose](), { once: true });
  }

  #note(records: readonly LogRecord[]): void {
    const { clock, timings } = this.#context;
    for (const { seq, type, body } of records) {
      if (type !== UPDATED) continue;
      const update = parseUpdate(body);
      // The wall clock may have been set since; the wait is never longer than the setting says.
      const age = Math.max(0, clock.now() - Date.parse(update.lastReportAt));
      if (isSilent(update)) this.#deadlines.delete(update.service);
      else this.#set(update.service, { seq, dueAt: clock.monotonic() + Math.max(0, timings.staleAfterMs - age) });
    }
  }

  /** A report moves its deadline away: the timer may then fire for nothing, and is set anew. */
  #set(service: string, deadline: Deadline): void {
    this.#deadlines.set(service, deadline);
    if (!this.#timer || deadline.dueAt < this.#timer.dueAt) this.#arm(deadline.dueAt);
  }

  #arm(dueAt: number): void {
    if (this.#ended.signal.aborted) return;
    const { clock } = this.#context;
    this.#timer?.cancel();
    const cancel = clock.schedule(Math.max(0, dueAt - clock.monotonic()), () => this.#expire());
    this.#timer = { dueAt, cancel };
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#context.clock.monotonic();
    let next = Number.POSITIVE_INFINITY;
    for (const [service, { dueAt, seq }] of this.#deadlines) {
      next = dueAt > now ? Math.min(next, dueAt) : next;
      if (dueAt > now) continue;
      this.#deadlines.delete(service);
      this.#run(this.#markSilent(service, seq));
    }
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
  }

  async #markSilent(service: string, seq: number): Promise<void> {
    try {
      await this.#reconciler.markSilent(service, seq);
    } catch (error) {
      const { clock, logger } = this.#context;
      logger.warn({ err: error, service }, 'a stale service could not be recorded and is tried again');
      if (!this.#deadlines.has(service)) this.#set(service, { seq, dueAt: clock.monotonic() + RETRY_MS });
    }
  }

  #again(action: () => Promise<void>): void {
    const cancel = this.#context.clock.schedule(RETRY_MS, () => this.#run(action()));
    this.#ended.signal.addEventListener('abort', cancel, { once: true });
  }

  #run(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        if (this.#ended.signal.aborted) return;
        this.#context.logger.warn({ err: error }, 'looking for stale services failed and is tried again');
        this.#again(() => this.#load());
      })
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}
