import { randomBytes } from 'node:crypto';
import { type Cursor, GENESIS_TAG } from '../../../protocol/cursor.ts';
import type { SqliteDatabase } from './database.ts';

/** The few facts about a log that no table row tells. */
export class Meta {
  readonly #get;
  readonly #set;

  constructor(database: SqliteDatabase) {
    this.#get = database.prepare('SELECT value FROM meta WHERE name = ?');
    this.#set = database.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  /** The log's epoch, made on first use. */
  epoch(): string {
    return this.#read('epoch') ?? this.renewEpoch();
  }

  /** The epoch of a log that exists; throws when it has none. */
  knownEpoch(): string {
    const epoch = this.#read('epoch');
    if (epoch === undefined) throw new Error('the database has no epoch: it is not a log of Millrace');
    return epoch;
  }

  /** Gives the log another epoch: no cursor of before resumes. */
  renewEpoch(): string {
    const epoch = randomBytes(8).toString('hex');
    this.#set.run('epoch', epoch);
    return epoch;
  }

  /** The position up to which retention removed records, with the tag of the last one removed. */
  trimmed(): { seq: number; tag: string } {
    return { seq: Number(this.#read('trimmed_seq') ?? 0), tag: this.#read('trimmed_tag') ?? GENESIS_TAG };
  }

  setTrimmed({ seq, tag }: Pick<Cursor, 'seq' | 'tag'>): void {
    this.#set.run('trimmed_seq', String(seq));
    this.#set.run('trimmed_tag', tag);
  }

  /** A write that changes nothing anybody reads: shows that the disk takes commits. */
  probe(at: number): void {
    this.#set.run('probed_at', String(at));
  }

  #read(name: string): string | undefined {
    return this.#get.get<{ value: string }>(name)?.value;
  }
}
