import type { Cursor } from '../../../protocol/cursor.ts';
import type { Projection } from '../../store/projection.ts';
import type { LogRecord, NewEvent } from '../log.ts';
import { tagOf } from '../tag.ts';
import type { SqliteDatabase } from './database.ts';
import { Meta } from './meta.ts';
import { migrate } from './migrations.ts';
import { ProjectionSet } from './projection-set.ts';
import { type RetentionLimits, retentionStep } from './retention.ts';

export interface AppendRequest {
  readonly events: readonly NewEvent[];
  readonly idempotency?: { readonly key: string; readonly digest: string };
}

/** What became of one request. `tags[i]` belongs to the event with number `firstSeq + i`. */
export type AppendOutcome =
  | { readonly kind: 'committed'; readonly firstSeq: number; readonly at: number; readonly tags: readonly string[] }
  | { readonly kind: 'replayed'; readonly records: readonly LogRecord[] }
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
  readonly #findKey;
  readonly #insertKey;
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
    this.#findKey = database.prepare('SELECT digest, first_seq, last_seq FROM idempotency WHERE key = ?');
    this.#insertKey = database.prepare('INSERT INTO idempotency VALUES (?, ?, ?, ?)');
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
      this.#database.prepare('DELETE FROM idempotency WHERE last_seq <= ?').run(through.seq);
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
      const known = this.#findKey.get<{ digest: string; first_seq: number; last_seq: number }>(idempotency.key);
      if (known && known.digest !== idempotency.digest) return { kind: 'conflict' };
      if (known) return { kind: 'replayed', records: this.#between.all<LogRecord>(known.first_seq, known.last_seq) };
    }
    const firstSeq = (appended.at(-1)?.seq ?? this.#head.seq) + 1;
    const tags: string[] = [];
    for (const [index, { type, channel, body }] of events.entries()) {
      const untagged = { seq: firstSeq + index, at, type, channel, body };
      const record = { ...untagged, tag: tagOf(untagged) };
      this.#insert.run(record.seq, at, type, channel, body, record.tag);
      tags.push(record.tag);
      appended.push(record);
    }
    if (idempotency) this.#insertKey.run(idempotency.key, idempotency.digest, firstSeq, firstSeq + events.length - 1);
    return { kind: 'committed', firstSeq, at, tags };
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
