import type { Cursor } from '../protocol/cursor.ts';
import { Batch, type SkipRecord } from './batch.ts';
import type { EventView } from './feed.ts';
import type { Log, LogSlice } from './log/log.ts';

/** Records looked at per read. */
const READ_LIMIT = 256;
/** Batches kept for sharing: readers are at the head, or at as many places as groups of them fell behind. */
const MAX_CACHED = 32;

/** What a read found: a batch, nothing new (`undefined`), or that retention removed what comes next. */
export type FeedRead = Batch | 'expired' | undefined;

/** What a reader reads from, shared by all readers of one view. */
export interface Source {
  /** What follows a position; a promise where a disk is read. */
  read(from: Cursor): FeedRead | Promise<FeedRead>;
}

/** Reads the events of a log for all readers of one view. Readers at the same position get the same batch. */
export class FeedSource implements Source {
  readonly #log: Log;
  readonly #view: EventView;
  readonly #skip: SkipRecord;
  readonly #cache = new Map<number, Batch | Promise<FeedRead>>();

  constructor(log: Log, view: EventView, skip: SkipRecord) {
    this.#log = log;
    this.#view = view;
    this.#skip = skip;
  }

  read(from: Cursor): FeedRead | Promise<FeedRead> {
    const cached = this.#cache.get(from.seq);
    // A read that began before this caller registered with the hub may have missed what it registered for.
    if (cached instanceof Promise) return cached.then((found) => found ?? this.read(from));
    if (cached && (!cached.isWhole || cached.to.seq >= this.#log.head().seq)) return cached;
    const slice = this.#log.read(from.seq, READ_LIMIT);
    return slice instanceof Promise ? this.#share(from, slice) : this.#take(from, slice);
  }

  #share(from: Cursor, slice: Promise<LogSlice>): Promise<FeedRead> {
    const reading = slice.then(
      (found) => this.#take(from, found),
      (error) => {
        this.#cache.delete(from.seq);
        throw error;
      },
    );
    this.#cache.set(from.seq, reading);
    return reading;
  }

  #take(from: Cursor, slice: LogSlice): FeedRead {
    this.#cache.delete(from.seq);
    if (slice.kind === 'expired') return 'expired';
    if (slice.records.length === 0) return undefined;
    const batch = Batch.encode({ view: this.#view, from, records: slice.records, skip: this.#skip });
    this.#cache.set(from.seq, batch);
    this.#forgetOldest();
    return batch;
  }

  #forgetOldest(): void {
    if (this.#cache.size <= MAX_CACHED) return;
    for (const [seq, entry] of this.#cache) {
      if (entry instanceof Promise) continue;
      this.#cache.delete(seq);
      return;
    }
  }
}
