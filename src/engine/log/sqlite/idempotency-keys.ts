import type { Idempotency, LogRecord, NewEvent } from '../log.ts';
import type { SqliteDatabase } from './database.ts';

interface PlannedEvent {
  readonly event: NewEvent;
  /** The record that was stored for its key. */
  readonly known: LogRecord | undefined;
}

/** What was stored for a key. */
export interface KnownAppend {
  /** Those that retention has left; the last of them is always there. */
  readonly records: readonly LogRecord[];
  /** Events that were stored, removed ones included. */
  readonly events: number;
}

/** The keys of repeatable appends and events, each with the records that were stored for it. */
export class IdempotencyKeys {
  readonly #find;
  readonly #insert;
  readonly #forget;
  readonly #between;

  constructor(database: SqliteDatabase) {
    this.#find = database.prepare('SELECT digest, first_seq, last_seq FROM idempotency WHERE key = ?');
    this.#insert = database.prepare('INSERT INTO idempotency VALUES (?, ?, ?, ?)');
    this.#forget = database.prepare('DELETE FROM idempotency WHERE last_seq <= ?');
    this.#between = database.prepare('SELECT * FROM log WHERE seq BETWEEN ? AND ? ORDER BY seq');
  }

  /** Undefined for a new key. */
  find({ key, digest }: Idempotency): KnownAppend | 'conflict' | undefined {
    const known = this.#find.get<{ digest: string; first_seq: number; last_seq: number }>(key);
    if (!known) return undefined;
    if (known.digest !== digest) return 'conflict';
    const records = this.#between.all<LogRecord>(known.first_seq, known.last_seq);
    return { records, events: known.last_seq - known.first_seq + 1 };
  }

  /** Which events of an append are known; a key may also stand twice in one append. */
  plan(events: readonly NewEvent[]): readonly PlannedEvent[] | 'conflict' {
    const digests = new Map<string, string>();
    const plan: PlannedEvent[] = [];
    for (const event of events) {
      const { idempotency } = event;
      const found = idempotency && this.find(idempotency);
      if (found === 'conflict') return found;
      if (idempotency) {
        if ((digests.get(idempotency.key) ?? idempotency.digest) !== idempotency.digest) return 'conflict';
        digests.set(idempotency.key, idempotency.digest);
      }
      plan.push({ event, known: found?.records[0] });
    }
    return plan;
  }

  remember({ key, digest }: Idempotency, firstSeq: number, lastSeq: number): void {
    this.#insert.run(key, digest, firstSeq, lastSeq);
  }

  /** Retention removed the records up to here. */
  forgetThrough(seq: number): void {
    this.#forget.run(seq);
  }
}
