import { type Cursor, type CursorInput, GENESIS_TAG } from '../../../protocol/cursor.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import type { Query, Snapshot, SnapshotReader } from '../../store/snapshot.ts';
import type { AppendOptions, AppendResult, Log, LogHealth, LogRecord, LogSlice, NewEvent, Resolution } from '../log.ts';
import { Tail, type TailLimits } from '../tail.ts';
import { AppendQueue } from './append-queue.ts';
import { ReadPool } from './read-pool.ts';
import type { AppendOutcome } from './writer.ts';
import type { FromWriter } from './writer-messages.ts';
import { type WriterOptions, WriterThread } from './writer-thread.ts';

export interface SqliteLogOptions extends WriterOptions {
  /** Events that may wait for the writer. Default 10,000. */
  readonly maxQueuedEvents?: number;
  readonly tail?: TailLimits;
  /** Told of every group commit, for metrics. */
  readonly onCommitted?: (commit: { readonly events: number; readonly commitMs: number }) => void;
}

/** The threads of a log, as far as this one uses them. */
export interface LogThreads {
  readonly writer: Pick<WriterThread, 'listen' | 'post' | 'probeSoon' | typeof Symbol.asyncDispose>;
  readonly reads: Pick<ReadPool, 'run' | typeof Symbol.asyncDispose>;
  /** Where the writer found the log. */
  readonly opened: Extract<FromWriter, { kind: 'opened' }>;
}

/** The log in one SQLite file: a thread writes, threads read, and this object holds the newest records in memory. */
export class SqliteLog implements Log, SnapshotReader {
  readonly epoch: string;
  readonly #writer: LogThreads['writer'];
  readonly #reads: LogThreads['reads'];
  readonly #queue: AppendQueue;
  readonly #tail: Tail;
  readonly #listeners = new Set<() => void>();
  readonly #onCommitted: SqliteLogOptions['onCommitted'];
  #head: Cursor;
  #trimmed: Cursor;
  #health: LogHealth = { writable: true };

  /** {@link SqliteLog.open} starts the threads; a simulation brings its own. */
  constructor({ writer, reads, opened }: LogThreads, options: Omit<SqliteLogOptions, keyof WriterOptions> = {}) {
    this.epoch = opened.epoch;
    this.#head = { ...opened.head, epoch: opened.epoch };
    this.#trimmed = { ...opened.trimmed, epoch: opened.epoch };
    this.#onCommitted = options.onCommitted;
    this.#tail = new Tail(this.#head.seq - opened.newest.length, options.tail);
    for (const record of opened.newest) this.#tail.push(record);
    this.#reads = reads;
    this.#writer = writer;
    this.#queue = new AppendQueue({
      maxEvents: options.maxQueuedEvents ?? 10_000,
      send: (requests) => writer.post({ kind: 'commit', requests }),
    });
    writer.listen((message) => this.#receive(message));
  }

  /** Opens or creates the file; rejects when it is corrupt, newer than this Millrace, or held by another process. */
  static async open(options: SqliteLogOptions): Promise<SqliteLog> {
    const { writer, opened } = await WriterThread.start(options);
    return new SqliteLog({ writer, opened, reads: new ReadPool(options.path) }, options);
  }

  head(): Cursor {
    return this.#head;
  }

  trimmed(): Cursor {
    return this.#trimmed;
  }

  health(): LogHealth {
    return this.#health;
  }

  /** Events waiting to be stored. */
  get queued(): number {
    return this.#queue.size;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  assertRoom(): void {
    this.#queue.assertRoom();
  }

  async append(events: readonly NewEvent[], options: AppendOptions = {}): Promise<AppendResult> {
    if (events.length === 0) return { records: [], repeated: 0 };
    return this.#queue.push({ events, ...options });
  }

  read(after: number, limit: number): LogSlice | Promise<LogSlice> {
    const records = this.readRecent(after, limit);
    return records ? { kind: 'records', records } : this.#readFromDisk(after, limit);
  }

  readRecent(after: number, limit: number): readonly LogRecord[] | undefined {
    return after >= this.#head.seq ? [] : this.#tail.read(after, limit);
  }

  async resolve(input: CursorInput): Promise<Resolution> {
    if (input === 'latest') return { kind: 'resume', cursor: this.#head };
    if (input === 'earliest') return { kind: 'resume', cursor: this.#trimmed };
    const reset = (reason: (Resolution & { kind: 'reset' })['reason']): Resolution => ({
      kind: 'reset',
      reason,
      head: this.#head,
    });
    if (input.epoch !== this.epoch) return reset('epoch_changed');
    if (input.seq < this.#trimmed.seq) return reset('cursor_expired');
    const tag = await this.#tagAt(input.seq);
    // The writer may be ahead of this thread: a position it has stored is valid although readers can't see it yet.
    if (tag === undefined) return reset(input.seq > this.#head.seq ? 'cursor_future' : 'cursor_expired');
    return tag === input.tag ? { kind: 'resume', cursor: input } : reset('epoch_changed');
  }

  async snapshot<Rows extends readonly unknown[]>(queries: { readonly [Index in keyof Rows]: Query }) {
    const { position, results } = await this.#reads.run({ kind: 'snapshot', queries });
    return { cursor: { ...position, epoch: this.epoch }, results } as unknown as Snapshot<Rows>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close(new MillraceError('shutting_down', 'the server is closing', { retryAfterS: 1 }));
    await this.#writer[Symbol.asyncDispose]();
    await this.#reads[Symbol.asyncDispose]();
  }

  async #readFromDisk(after: number, limit: number): Promise<LogSlice> {
    const records = await this.#reads.run({ kind: 'records', after, limit });
    // Numbers have no holes, so a first record that doesn't follow means retention was faster than this reader.
    return records[0]?.seq === after + 1 ? { kind: 'records', records } : { kind: 'expired' };
  }

  async #tagAt(seq: number): Promise<string | undefined> {
    if (seq === this.#trimmed.seq) return this.#trimmed.tag;
    if (seq === 0) return GENESIS_TAG;
    return this.#tail.at(seq)?.tag ?? (await this.#reads.run({ kind: 'tag', seq }));
  }

  #receive(message: FromWriter | { kind: 'died'; reason: string }): void {
    switch (message.kind) {
      case 'settled':
        this.#settle(message.outcomes, message.commitMs);
        break;
      case 'probed':
        this.#judge(message.reason);
        break;
      case 'trimmed':
        this.#trimmed = { ...message.trimmed, epoch: this.epoch };
        break;
      case 'died':
        this.#health = { writable: false, reason: message.reason };
        this.#queue.abandon(new MillraceError('log_unavailable', message.reason, { retryAfterS: 5 }));
        break;
      case 'opened':
      case 'refused':
      case 'closed':
        break;
      default:
        message satisfies never;
    }
  }

  /** The head moves before anybody is told of it: whoever is woken must find the records. */
  #settle(outcomes: readonly AppendOutcome[], commitMs: number): void {
    const before = this.#head.seq;
    const requests = this.#queue.oldestGroup();
    const results = outcomes.map((outcome, index) => resultOf(outcome, requests[index]?.events ?? []));
    for (const result of results) {
      if (result instanceof MillraceError) continue;
      for (const record of result.records) {
        // A repeat shows a record that the tail has, or that was too old for it.
        if (record.seq <= this.#head.seq) continue;
        this.#tail.push(record);
        this.#head = { epoch: this.epoch, seq: record.seq, tag: record.tag };
      }
    }
    const failed = outcomes.find((outcome) => outcome.kind === 'failed');
    this.#judge(failed?.reason);
    this.#queue.settle(results);
    const events = this.#head.seq - before;
    if (events === 0) return;
    this.#onCommitted?.({ events, commitMs });
    for (const listener of this.#listeners) listener();
  }

  #judge(failure: string | undefined): void {
    this.#health = failure === undefined ? { writable: true } : { writable: false, reason: failure };
    if (failure !== undefined) this.#writer.probeSoon();
  }
}

function resultOf(outcome: AppendOutcome, events: readonly NewEvent[]): AppendResult | MillraceError {
  switch (outcome.kind) {
    case 'committed':
      return { records: recordsOf(events, outcome), repeated: 0 };
    case 'repeated':
      return { records: outcome.records, repeated: outcome.repeated };
    case 'conflict':
      return new MillraceError('idempotency_conflict', 'this idempotency key was used with another body');
    case 'failed':
      return new MillraceError('log_unavailable', `the log refuses writes: ${outcome.reason}`, { retryAfterS: 5 });
    default:
      return outcome satisfies never;
  }
}

function recordsOf(events: readonly NewEvent[], outcome: AppendOutcome & { kind: 'committed' }): LogRecord[] {
  const { firstSeq, at, tags } = outcome;
  return events.map(({ type, channel, body }, index) => {
    return { seq: firstSeq + index, at, type, channel, body, tag: tags[index] ?? '' };
  });
}
