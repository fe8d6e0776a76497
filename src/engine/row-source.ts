import type { Cursor } from '../protocol/cursor.ts';
import { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Row, RowSet } from './feed.ts';
import type { FeedRead, Source } from './feed-source.ts';
import type { Log } from './log/log.ts';
import { RowBatch } from './row-batch.ts';
import type { SnapshotReader } from './store/snapshot.ts';

/** A reader is given rows at most this often (DESIGN §1). */
export const ROW_INTERVAL_MS = 250;
/** Beyond these a reader is told to fetch its snapshot, which comes in pages. */
const MAX_ROWS = 2_000;
const MAX_CHARACTERS = 512 * 1024;
/** Records looked at to find out whether any of them changed a row; of more than that, one will have. */
const MAX_LOOKED_AT = 4_096;

/** The position before every row, deleted ones and those that were never changed included. */
const BEFORE_ALL = -1;

export interface RowSourceOptions {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly clock: Clock;
  readonly rows: RowSet;
  /**
   * `changed`: readers begin at their cursor. `all`: readers begin before all rows, and one that retention has overtaken
   * begins again.
   */
  readonly begin: 'changed' | 'all';
  /** Wakes the readers: what they were kept waiting for is due. */
  readonly wake: () => void;
}

/**
 * Reads the rows of a view for all its readers. A reader that begins, or is behind, reads at once; those that were given
 * rows lately are gathered, so that one read every 250 ms serves all of them.
 */
export class RowSource implements Source {
  readonly #options: RowSourceOptions;
  /** Reads under way, by the position they read after. */
  readonly #reading = new Map<number, Promise<FeedRead>>();
  /** The lowest position given out since the last gathered read: whoever stands there or later waits for the next. */
  #floor: Cursor | undefined;
  #dueAt = Number.NEGATIVE_INFINITY;
  /** The gathered read that is under way. */
  #gathered: { readonly from: number; readonly reading: Promise<FeedRead> } | undefined;
  /** What was given out last, for those who ask a moment later. */
  #last: Batch | undefined;
  #trimmedSeq: number;
  /** Retention changes rows without an event that tells; they are marked with a position before this one. */
  #trimMark: number;
  #cancelTimer: (() => void) | undefined;

  constructor(options: RowSourceOptions) {
    this.#options = options;
    this.#trimmedSeq = options.log.trimmed().seq;
    this.#trimMark = options.log.head().seq + 1;
  }

  /** The position from which the rows of a reader of events are read. */
  static beginning(epoch: string): Cursor {
    return { epoch, seq: BEFORE_ALL, tag: '0' };
  }

  /** Tells the position of {@link beginning} from all others. */
  static isBeginning({ seq }: Cursor): boolean {
    return seq === BEFORE_ALL;
  }

  read(from: Cursor): FeedRead | Promise<FeedRead> {
    const { log, clock, begin } = this.#options;
    if (from.seq >= log.head().seq) return undefined;
    if (this.#last && this.#last.from.seq <= from.seq && from.seq < this.#last.to.seq) return this.#last;
    if (from.seq !== BEFORE_ALL && from.seq < log.trimmed().seq) {
      return begin === 'all' ? this.#readAfter(RowSource.beginning(from.epoch)) : 'expired';
    }
    const unchanged = this.#skipUnchanged(from);
    if (unchanged) return unchanged;
    if (this.#gathered && from.seq >= this.#gathered.from) return this.#gathered.reading;
    if (!this.#floor || from.seq < this.#floor.seq) return this.#readAfter(from);
    if (clock.monotonic() >= this.#dueAt) return this.#readGathered(this.#floor);
    this.#wakeWhenDue();
    return undefined;
  }

  /**
   * All rows, as of a position or later: a reader of events that begins there was shown a state as of it, and must not
   * be taken back behind that. Undefined while the log has not reached the position, whose commit wakes the reader.
   */
  readAll(asOf: Cursor): FeedRead | Promise<FeedRead> {
    const isBehind = (found: FeedRead) => found instanceof Batch && found.to.seq < asOf.seq;
    const beginning = RowSource.beginning(asOf.epoch);
    // A snapshot can be ahead of this thread for a moment.
    if (this.#options.log.head().seq < asOf.seq) return undefined;
    if (this.#last?.from.seq === BEFORE_ALL && !isBehind(this.#last)) return this.#last;
    // A read that was under way may have begun before the position.
    return this.#readAfter(beginning).then((found) => (isBehind(found) ? this.#readAfter(beginning) : found));
  }

  /** What changed after a position, as of now: for one that asks once and doesn't wait. */
  readNow(from: Cursor): Promise<FeedRead> {
    return this.#load(from);
  }

  [Symbol.dispose](): void {
    this.#cancelTimer?.();
  }

  /** Moves on without a read when nothing since `from` has to do with the rows. */
  #skipUnchanged(from: Cursor): Batch | undefined {
    const { log, rows } = this.#options;
    if (log.trimmed().seq !== this.#trimmedSeq) {
      this.#trimmedSeq = log.trimmed().seq;
      this.#trimMark = log.head().seq + 1;
    }
    if (from.seq < this.#trimMark) return undefined;
    const records = log.readRecent(from.seq, MAX_LOOKED_AT);
    if (!records || records.length === MAX_LOOKED_AT) return undefined;
    if (records.some((record) => rows.changedBy(record))) return undefined;
    return this.#give(new Batch(from, log.head(), []));
  }

  /** One read for all readers that were given rows since the last one; it begins where the furthest behind stands. */
  #readGathered(floor: Cursor): Promise<FeedRead> {
    this.#floor = undefined;
    this.#dueAt = this.#options.clock.monotonic() + ROW_INTERVAL_MS;
    const reading = this.#readAfter(floor).finally(() => {
      this.#gathered = undefined;
    });
    this.#gathered = { from: floor.seq, reading };
    return reading;
  }

  #readAfter(from: Cursor): Promise<FeedRead> {
    const known = this.#reading.get(from.seq);
    if (known) return known;
    const reading = this.#load(from)
      .then((found) => (found instanceof Batch ? this.#give(found) : found))
      .finally(() => this.#reading.delete(from.seq));
    this.#reading.set(from.seq, reading);
    return reading;
  }

  #give(batch: Batch): Batch {
    this.#last = batch;
    if (!this.#floor || batch.to.seq < this.#floor.seq) this.#floor = batch.to;
    return batch;
  }

  async #load(from: Cursor): Promise<FeedRead> {
    const { snapshots, rows } = this.#options;
    const { cursor, results } = await snapshots.snapshot<unknown[]>(rows.queries(from.seq, MAX_ROWS + 1));
    await this.#reached(cursor.seq);
    const changed = rows.encode(results);
    return isTooMuch(changed) ? 'expired' : new RowBatch(from, cursor, changed);
  }

  /** The database is ahead of this thread for a moment: rows must not come before the events that changed them. */
  async #reached(seq: number): Promise<void> {
    const { log } = this.#options;
    if (log.head().seq >= seq) return;
    await new Promise<void>((resolve) => {
      const stop = log.onCommit(() => {
        if (log.head().seq < seq) return;
        stop();
        resolve();
      });
    });
  }

  #wakeWhenDue(): void {
    const { clock, wake } = this.#options;
    this.#cancelTimer ??= clock.schedule(this.#dueAt - clock.monotonic(), () => {
      this.#cancelTimer = undefined;
      wake();
    });
  }
}

function isTooMuch(rows: readonly Row[]): boolean {
  return rows.length > MAX_ROWS || rows.reduce((sum, { text }) => sum + text.length, 0) > MAX_CHARACTERS;
}
