import type { Cursor, CursorInput } from '../../protocol/cursor.ts';
import type { ResetReason } from '../../protocol/frames.ts';

/** One committed event. Never changes after it was committed. */
export interface LogRecord {
  /** Position in the log, +1 per event, first is 1. */
  readonly seq: number;
  /** Wall-clock time of the commit in milliseconds since 1970; never used for order. */
  readonly at: number;
  /** `<surface>.<past tense>`, for example `observability.recorded`. */
  readonly type: string;
  /** What a reader must be allowed to see to receive this event. */
  readonly channel: string;
  /** Text of one JSON object. */
  readonly body: string;
  /** Short hash of the members above. */
  readonly tag: string;
}

/**
 * Makes something repeatable: the same key and digest return what was stored first, the same key with another digest
 * fails with `idempotency_conflict`. A key is forgotten together with its records.
 */
export interface Idempotency {
  readonly key: string;
  readonly digest: string;
}

/** An event that was not committed yet: the log gives it `seq`, `at` and `tag`. */
export interface NewEvent {
  readonly type: string;
  readonly channel: string;
  readonly body: string;
  /** Of this event alone; the others of its append are stored whether or not it is a repeat. */
  readonly idempotency?: Idempotency;
}

export interface AppendOptions {
  /** Of the append as a whole. */
  readonly idempotency?: Idempotency;
}

export interface AppendResult {
  /**
   * The committed records, in the order given; for a repeated event the record that was stored first. Of an append that is
   * repeated as a whole retention may have removed the first ones, never the last.
   */
  readonly records: readonly LogRecord[];
  /** How many of the events had been stored before. */
  readonly repeated: number;
}

/** Records after a position, oldest first; or word that retention removed some of them. */
export type LogSlice =
  | { readonly kind: 'records'; readonly records: readonly LogRecord[] }
  | { readonly kind: 'expired' };

/** Where a resuming reader stands. */
export type Resolution =
  | { readonly kind: 'resume'; readonly cursor: Cursor }
  | { readonly kind: 'reset'; readonly reason: ResetReason; readonly head: Cursor };

export interface LogHealth {
  readonly writable: boolean;
  /** Why not, in words for an operator. */
  readonly reason?: string;
}

/**
 * The durable, totally ordered log. `append` settles after the commit is on disk; listeners of `onCommit` run after
 * `head()` has moved. Implementations: `sqlite/sqlite-log.ts`.
 */
export interface Log extends AsyncDisposable {
  readonly epoch: string;
  /** The newest position readers may be given. */
  head(): Cursor;
  /** The position up to which retention has removed records; reading from there on is complete. */
  trimmed(): Cursor;
  /** Throws `too_many_requests` while appends are refused: ask before reading and parsing what is to be appended. */
  assertRoom(): void;
  /** Throws `too_many_requests` when the queue is full, `log_unavailable` when the disk refuses. */
  append(events: readonly NewEvent[], options?: AppendOptions): Promise<AppendResult>;
  /** At most `limit` records with `seq > after`; empty at the head. Synchronous when memory holds them. */
  read(after: number, limit: number): LogSlice | Promise<LogSlice>;
  /** The same from memory alone; undefined when it doesn't hold them. */
  readRecent(after: number, limit: number): readonly LogRecord[] | undefined;
  resolve(input: CursorInput): Promise<Resolution>;
  health(): LogHealth;
  /** Returns the function that unsubscribes. */
  onCommit(listener: () => void): () => void;
}
