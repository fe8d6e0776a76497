import type { Cursor } from '../../../protocol/cursor.ts';
import type { Projection } from '../../store/projection.ts';
import type { Idempotency, LogRecord, NewEvent } from '../log.ts';
import { tagOf } from '../tag.ts';
import type { SqliteDatabase } from './database.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { Meta } from './meta.ts';
import { migrate } from './migrations.ts';
import { ProjectionSet } from './projection-set.ts';
import { type RetentionLimits, retentionStep } from './retention.ts';

export interface AppendRequest {
  readonly events: readonly NewEvent[];
  readonly idempotency?: Idempotency;
}

/** What became of one request. `tags[i]` belongs to the event with number `firstSeq + i`. */
export type AppendOutcome =
  | { readonly kind: 'committed'; readonly firstSeq: number; readonly at: number; readonly tags: readonly string[] }
  /**
   * Some or all of the events had been stored before; `records` are those of all its events, in the order given, without
   * those that retention has removed since.
   */
  | { readonly kind: 'repeated'; readonly records: readonly LogRecord[]; readonly repeated: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface WriterOptions {
  readonly database: SqliteDatabase;
  readonly projections: readonly Projection[];
  /** Wall clock, stamped on records. */
  readonly now: () => number;
}

/** The only writer of a log: allocates numbers, appends, keeps projections in step and trims. */
export class Writer {
  readonly epoch: string;
  readonly #database: SqliteDatabase;
  readonly #now: () => number;
  readonly #meta: Meta;
  readonly #projections: ProjectionSet;
  readonly #insert;
  readonly #between;
  readonly #keys: IdempotencyKeys;
  #head: Pick<Cursor, 'seq' | 'tag'>;
  #trimmed: Pick<Cursor, 'seq' | 'tag'>;

  constructor({ database, projections, now }: WriterOptions) {
    this.#database = database;
    this.#now = now;
    migrate(database);
    this.#meta = new Meta(database);
    this.epoch = database.transaction(() => {
      this.#meta.probe(now());
      return this.#meta.epoch();
    });
    assertDurable(database);
    this.#trimmed = this.#meta.trimmed();
    const last = database.prepare('SELECT seq, tag FROM log ORDER BY seq DESC LIMIT 1').get<LogRecord>();
    this.#head = last ?? this.#trimmed;
    this.#projections = ProjectionSet.open(database, projections, this.#trimmed.seq);
    this.#insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)');
    this.#between = database.prepare('SELECT * FROM log WHERE seq BETWEEN ? AND ? ORDER BY seq');
    this.#keys = new IdempotencyKeys(database);
  }

  get head(): Cursor {
    return { epoch: this.epoch, ...this.#head };
  }

  get trimmed(): Cursor {
    return { epoch: this.epoch, ...this.#trimmed };
  }

  /** The newest records, oldest first, to fill the memory of the serving thread. */
  newest(limit: number): LogRecord[] {
    return this.#between.all<LogRecord>(Math.max(0, this.#head.seq - limit + 1), this.#head.seq);
  }

  /**
   * Commits all requests in one transaction. When that fails, each is tried alone, so that one bad request cannot
   * fail its neighbours.
   */
  commit(requests: readonly AppendRequest[]): AppendOutcome[] {
    try {
      return this.#commitTogether(requests);
    } catch (error) {
      if (requests.length === 1) return [{ kind: 'failed', reason: messageOf(error) }];
      return requests.flatMap((request) => this.commit([request]));
    }
  }

  /** Throws when the disk does not take a commit. */
  probe(): void {
    this.#database.transaction(() => this.#meta.probe(this.#now()));
  }

  /** Removes at most a few hundred of the oldest records that the limits no longer allow; false when none is left to. */
  trimStep(limits: RetentionLimits): boolean {
    const through = retentionStep(this.#database, {
      limits,
      now: this.#now(),
      headSeq: this.#head.seq,
      trimmedSeq: this.#trimmed.seq,
    });
    if (through === undefined) return false;
    this.#database.transaction(() => {
      this.#meta.setTrimmed(through);
      this.#database.prepare('DELETE FROM log WHERE seq <= ?').run(through.seq);
      this.#keys.forgetThrough(through.seq);
      this.#projections.trim(through.seq);
    });
    this.#trimmed = through;
    return true;
  }

  /** Folds the write-ahead log into the file, if the disk allows it, and closes it. */
  close(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.close();
    }
  }

  #commitTogether(requests: readonly AppendRequest[]): AppendOutcome[] {
    const at = this.#now();
    const appended: LogRecord[] = [];
    const outcomes = this.#database.transaction(() => {
      const results = requests.map((request) => this.#appendOne(request, at, appended));
      this.#projections.apply(appended);
      return results;
    });
    this.#head = appended.at(-1) ?? this.#head;
    return outcomes;
  }

  #appendOne({ events, idempotency }: AppendRequest, at: number, appended: LogRecord[]): AppendOutcome {
    if (idempotency) {
      const known = this.#keys.find(idempotency);
      if (known === 'conflict') return { kind: 'conflict' };
      if (known) return { kind: 'repeated', records: known.records, repeated: known.events };
    }
    if (events.some((event) => event.idempotency)) return this.#appendKeyed(events, at, appended);
    const firstSeq = this.#nextSeq(appended);
    const records = events.map((event) => this.#store(event, at, appended));
    if (idempotency) this.#keys.remember(idempotency, firstSeq, firstSeq + events.length - 1);
    return { kind: 'committed', firstSeq, at, tags: records.map(({ tag }) => tag) };
  }

  /** Stores the events whose keys are new. All keys are looked at first: a conflict must store nothing. */
  #appendKeyed(events: readonly NewEvent[], at: number, appended: LogRecord[]): AppendOutcome {
    const plan = this.#keys.plan(events);
    if (plan === 'conflict') return { kind: 'conflict' };
    const stored = new Map<string, LogRecord>();
    let repeated = 0;
    const records = plan.map(({ event, known }) => {
      const key = event.idempotency?.key;
      const earlier = known ?? (key === undefined ? undefined : stored.get(key));
      if (earlier) {
        repeated += 1;
        return earlier;
      }
      const record = this.#store(event, at, appended);
      if (event.idempotency) {
        this.#keys.remember(event.idempotency, record.seq, record.seq);
        stored.set(event.idempotency.key, record);
      }
      return record;
    });
    const [first] = records;
    if (repeated > 0 || !first) return { kind: 'repeated', records, repeated };
    return { kind: 'committed', firstSeq: first.seq, at, tags: records.map(({ tag }) => tag) };
  }

  #store({ type, channel, body }: NewEvent, at: number, appended: LogRecord[]): LogRecord {
    const untagged = { seq: this.#nextSeq(appended), at, type, channel, body };
    const record = { ...untagged, tag: tagOf(untagged) };
    this.#insert.run(record.seq, at, type, channel, body, record.tag);
    appended.push(record);
    return record;
  }

  #nextSeq(appended: readonly LogRecord[]): number {
    return (appended.at(-1)?.seq ?? this.#head.seq) + 1;
  }
}

/** A pragma that was set can still be ignored, so it is read back after a real write (PROMISES P1). */
function assertDurable(database: SqliteDatabase): void {
  const mode = database.pragma('journal_mode');
  const synchronous = database.pragma('synchronous');
  if (mode !== 'wal' || synchronous !== 2) {
    throw new Error(`the database runs with journal_mode=${mode}, synchronous=${synchronous}; wal and 2 are needed`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
