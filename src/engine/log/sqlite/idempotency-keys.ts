import type { Idempotency, LogRecord, NewEvent } from '../log.ts';
import type { SqliteDatabase } from './database.ts';

interface PlannedEvent {
  readonly event: NewEvent;
  /** The record that was stored for its key. */
  readonly known: LogRecord | undefined;
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

  /** The records of a key; undefined for a new one. */
  find({ key, digest }: Idempotency): readonly LogRecord[] | 'conflict' | undefined {
    const known = this.#find.get<{ digest: string; first_seq: number; last_seq: number }>(key);
    if (!known) return undefined;
    if (known.digest !== digest) return 'conflict';
    return this.#between.all<LogRecord>(known.first_seq, known.last_seq);
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
      plan.push({ event, known: found?.[0] });
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
