import type { Cursor } from '../protocol/cursor.ts';
import type { ResetReason } from '../protocol/frames.ts';
import type { Batch } from './batch.ts';
import type { FeedRead, Source } from './feed-source.ts';
import type { Hub, Waiter } from './hub.ts';

/** Where a reader's batches go: one socket. */
export interface Sink {
  /** True while the socket has not taken what it was given; the owner calls `pump` when it has. */
  readonly isFull: boolean;
  /** Writes the batch, or its first part when the socket fills up; returns the position written up to. */
  write(batch: Batch): Cursor;
  /** Tells the client to refetch its snapshot; the stream goes on from `head`. */
  reset(reason: ResetReason, head: Cursor): void;
  /** Reading failed: end this connection, and only this one. */
  fail(error: unknown): void;
}

/**
 * Registers for the wake-up and reads, in this order: with the order turned around, what is committed in between is
 * noticed only at the next commit, which may never come.
 */
export type ReadStep = (wait: () => void, read: () => FeedRead | Promise<FeedRead>) => FeedRead | Promise<FeedRead>;

export const waitThenRead: ReadStep = (wait, read) => {
  wait();
  return read();
};

export interface ReaderOptions {
  readonly hub: Hub;
  readonly source: Source;
  readonly sink: Sink;
  readonly position: Cursor;
  /** The position that a reader overtaken by retention goes on from. */
  readonly head: () => Cursor;
  /** Default {@link waitThenRead}; another order only to show that a test notices. */
  readonly step?: ReadStep;
}

/**
 * A client is a cursor: reads the log from its position, writes, waits for the socket, repeats; at the head it sleeps
 * until woken. Live, catching up, resuming and being slow are this one loop.
 *
 *     asleep --wake--> reading --batch--> writing --socket full--> draining --pump--> reading
 *        ^---- at the head ----'  ^-------- socket free --------'
 */
export class Reader implements Waiter {
  readonly #hub: Hub;
  readonly #source: Source;
  readonly #sink: Sink;
  readonly #head: () => Cursor;
  readonly #step: ReadStep;
  #position: Cursor;
  #isReading = false;
  #isClosed = false;

  constructor({ hub, source, sink, position, head, step = waitThenRead }: ReaderOptions) {
    this.#hub = hub;
    this.#source = source;
    this.#sink = sink;
    this.#position = position;
    this.#head = head;
    this.#step = step;
  }

  /** Everything up to here was written, or is not shown by the feed. */
  get position(): Cursor {
    return this.#position;
  }

  /** Whether it waits for its socket, and not for the log. */
  get isHeldBack(): boolean {
    return this.#sink.isFull;
  }

  wake(): void {
    this.pump();
  }

  /** Reads and writes until the log has no more or the socket takes no more. */
  pump(): void {
    try {
      while (!this.#isReading && !this.#isClosed && !this.#sink.isFull) {
        const found = this.#step(
          () => this.#hub.wait(this),
          () => this.#source.read(this.#position),
        );
        if (found instanceof Promise) this.#await(found);
        else if (!this.#take(found)) return;
      }
    } catch (error) {
      // The hub wakes many readers in one go: what fails here must not keep it from the others.
      this.#sink.fail(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#hub.cancel(this);
  }

  #await(reading: Promise<FeedRead>): void {
    this.#isReading = true;
    reading
      .then((found) => {
        this.#isReading = false;
        if (!this.#isClosed && this.#take(found)) this.pump();
      })
      .catch((error: unknown) => {
        this.#isReading = false;
        if (!this.#isClosed) this.#sink.fail(error);
      });
  }

  /** Returns whether to read on. */
  #take(found: FeedRead): boolean {
    // Woken while the read was under way: what it was woken for may not be in what was found.
    if (found === undefined) return !this.#hub.isWaiting(this);
    this.#hub.cancel(this);
    if (found === 'expired') {
      this.#position = this.#head();
      this.#sink.reset('cursor_expired', this.#position);
    } else {
      this.#position = this.#sink.write(found);
    }
    return true;
  }
}
