import type { LogRecord } from './log.ts';

export interface TailLimits {
  /** Records kept at most. Default 16384. */
  readonly maxRecords?: number;
  /** Characters of body kept at most. Default 32 Mi. */
  readonly maxCharacters?: number;
}

/** The newest records in memory, so that a reader at the head never touches the disk. */
export class Tail {
  readonly #maxRecords: number;
  readonly #maxCharacters: number;
  /** `#ring[seq % #maxRecords]` holds the record of every seq from `#firstSeq` to `#lastSeq`. */
  readonly #ring: (LogRecord | undefined)[];
  #firstSeq: number;
  #lastSeq: number;
  #characters = 0;

  /** `after` is the position behind which the first record will be pushed. */
  constructor(after: number, { maxRecords = 16_384, maxCharacters = 32 * 1024 * 1024 }: TailLimits = {}) {
    this.#maxRecords = maxRecords;
    this.#maxCharacters = maxCharacters;
    this.#ring = new Array(maxRecords);
    this.#firstSeq = after + 1;
    this.#lastSeq = after;
  }

  push(record: LogRecord): void {
    if (record.seq !== this.#lastSeq + 1) throw new RangeError(`tail at ${this.#lastSeq} was given ${record.seq}`);
    this.#lastSeq = record.seq;
    while (this.#firstSeq <= record.seq - this.#maxRecords) this.#dropFirst();
    if (this.#maxRecords === 0) return;
    this.#ring[record.seq % this.#maxRecords] = record;
    this.#characters += record.body.length;
    while (this.#characters > this.#maxCharacters && this.#firstSeq < record.seq) this.#dropFirst();
  }

  /** The record at `seq`, if it is still in memory. */
  at(seq: number): LogRecord | undefined {
    return seq >= this.#firstSeq && seq <= this.#lastSeq ? this.#ring[seq % this.#maxRecords] : undefined;
  }

  /** Records with `seq > after`, or `undefined` when memory doesn't reach back that far. */
  read(after: number, limit: number): LogRecord[] | undefined {
    if (after + 1 < this.#firstSeq) return undefined;
    const records: LogRecord[] = [];
    const last = Math.min(this.#lastSeq, after + limit);
    for (let seq = after + 1; seq <= last; seq += 1) {
      const record = this.#ring[seq % this.#maxRecords];
      if (record) records.push(record);
    }
    return records;
  }

  #dropFirst(): void {
    if (this.#maxRecords > 0) {
      const index = this.#firstSeq % this.#maxRecords;
      this.#characters -= this.#ring[index]?.body.length ?? 0;
      this.#ring[index] = undefined;
    }
    this.#firstSeq += 1;
  }
}
