import type { SurfaceContext } from '../../../engine/surface.ts';
import type { Kpis } from '../events.ts';
import { readTogether, type Stored } from '../stored.ts';
import { MINUTE_MS } from './activity-projection.ts';
import { CommitRate } from './commit-rate.ts';
import { kpisOf } from './kpis.ts';
import { type StoredKpis, storedKpis } from './stored-kpis.ts';

/** What is stored is read again this long after a commit, however many follow it. */
const READ_AFTER_MS = 250;
/** What lapses does so without a commit. */
const READ_AT_LEAST_MS = 30_000;

/** Keeps at hand what the KPIs are made of, so that measuring them needs no wait. */
export class KpiMeter implements Disposable {
  readonly #context: SurfaceContext;
  readonly #rate = new CommitRate();
  #stored: StoredKpis | undefined;
  #storedSeq = 0;
  #countedSeq = 0;
  #stopListening = () => {};
  #cancelRead: (() => void) | undefined;
  #cancelRegular = () => {};
  #isOver = false;

  constructor(context: SurfaceContext) {
    this.#context = context;
  }

  /** Reads what a restart must not lose. */
  async load(): Promise<void> {
    const { snapshots, clock } = this.#context;
    const now = clock.now();
    const { cursor, values } = await readTogether(snapshots, { ...storedKpis(now), seconds: storedSeconds(now) });
    for (const { second, events } of values.seconds) this.#rate.add(second * 1_000, events);
    this.#stored = values;
    this.#storedSeq = cursor.seq;
    this.#countedSeq = cursor.seq;
  }

  /** From here on it keeps in step with the log. */
  follow(): void {
    this.#stopListening = this.#context.log.onCommit(() => this.#committed());
    this.#committed();
    this.#readRegularly();
  }

  /** As measured now, of what was stored a moment ago; throws before it was loaded. */
  measure(): Kpis {
    if (!this.#stored) throw new Error('nothing was measured yet');
    return this.complete(this.#stored, this.#context.log.head().seq);
  }

  /** The KPIs of what was read as of a position. */
  complete(stored: StoredKpis, headSeq: number): Kpis {
    const { log, clock, load } = this.#context;
    const now = clock.now();
    return kpisOf(stored, {
      now,
      headSeq,
      queuedEvents: load.queuedEvents(),
      clients: load.clients(),
      eventsPerMinute: this.#rate.total(now),
      log: log.health(),
    });
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#stopListening();
    this.#cancelRead?.();
    this.#cancelRegular();
  }

  #committed(): void {
    const { log, clock } = this.#context;
    const { seq } = log.head();
    if (seq > this.#countedSeq) this.#rate.add(clock.now(), seq - this.#countedSeq);
    this.#countedSeq = Math.max(seq, this.#countedSeq);
    this.#cancelRead ??= clock.schedule(READ_AFTER_MS, () => {
      this.#cancelRead = undefined;
      void this.#read();
    });
  }

  #readRegularly(): void {
    this.#cancelRegular = this.#context.clock.schedule(READ_AT_LEAST_MS, () => {
      void this.#read();
      this.#readRegularly();
    });
  }

  async #read(): Promise<void> {
    const { snapshots, clock, logger } = this.#context;
    try {
      const { cursor, values } = await readTogether(snapshots, storedKpis(clock.now()));
      // Of two that overtake each other the later one holds.
      if (cursor.seq < this.#storedSeq) return;
      this.#storedSeq = cursor.seq;
      this.#stored = values;
    } catch (error) {
      if (!this.#isOver) logger.error({ err: error }, 'the stored part of the KPIs cannot be read');
    }
  }
}

/** How many events each second of the last minute brought, by the records themselves. */
function storedSeconds(now: number): Stored<readonly { readonly second: number; readonly events: number }[]> {
  const minute = Math.floor(now / MINUTE_MS) - 1;
  return {
    queries: [
      {
        sql: `SELECT at / 1000 AS second, count(*) AS events FROM log
              WHERE seq >= (SELECT min(first_seq) FROM ops_minute WHERE minute >= ?) GROUP BY second ORDER BY second`,
        params: [minute],
      },
    ],
    of: ([rows = []]) => rows as readonly { second: number; events: number }[],
  };
}
