import type { Idempotency, LogRecord, NewEvent } from '../../src/engine/log/log.ts';
import type { AppendOutcome, AppendRequest } from '../../src/engine/log/sqlite/writer.ts';
import { tagOf } from '../../src/engine/log/tag.ts';
import { GENESIS_TAG } from '../../src/protocol/cursor.ts';
import type { Tally } from '../support/tally-feed.ts';

export interface Position {
  readonly seq: number;
  readonly tag: string;
}

/** A copy of the disk at one moment. */
export interface DiskImage {
  readonly epoch: string;
  readonly records: readonly LogRecord[];
  readonly trimmed: Position;
}

interface TallyRow extends Tally {
  readonly changedSeq: number;
}

const GENESIS: Position = { seq: 0, tag: GENESIS_TAG };

/**
 * What is stored, whatever becomes of the servers. It remembers also what retention has removed and what a restore has
 * replaced: that is the truth which clients are compared with.
 */
export class SimulatedDisk {
  /** One list of all records for each log that there was, the present one last; each begins as the one it is a copy of. */
  readonly #logs: LogRecord[][] = [[]];
  #epochs = 1;
  epoch = 'e1';
  trimmed = GENESIS;
  isFailing = false;
  /** The longest time that a commit takes, and that the serving thread then hears nothing of it. */
  commitMs = 2;
  reportMs = 2;

  /** Every record of the present log, those that retention has removed included. */
  get records(): readonly LogRecord[] {
    return this.#present;
  }

  get head(): Position {
    return this.#present.at(-1) ?? GENESIS;
  }

  /** All records up to a position, of the newest log that has it; undefined when there never was such a position. */
  recordsUpTo({ seq, tag }: Position): readonly LogRecord[] | undefined {
    if (seq === 0) return [];
    return this.#logs.findLast((log) => log[seq - 1]?.tag === tag)?.slice(0, seq);
  }

  /** Whether the present log has this position. */
  has({ seq, tag }: Position): boolean {
    return seq === 0 || this.#present[seq - 1]?.tag === tag;
  }

  commit(requests: readonly AppendRequest[], at: number): AppendOutcome[] {
    return requests.map(({ events, idempotency }) => this.#commitOne(events, at, idempotency));
  }

  /** Stored records after a position; the first doesn't follow it where retention has removed some. */
  read(after: number, limit: number): readonly LogRecord[] {
    const from = Math.max(after, this.trimmed.seq);
    return this.#present.slice(from, from + limit);
  }

  tagAt(seq: number): string | undefined {
    return seq > this.trimmed.seq ? this.#present[seq - 1]?.tag : undefined;
  }

  /** What the only query of a simulation finds: the tallies that changed after a position, at most so many. */
  tallies([after = -1, limit = Number.POSITIVE_INFINITY]: readonly unknown[]): readonly Tally[] {
    return tallyOf(this.#present)
      .filter(({ changedSeq }) => changedSeq > Number(after))
      .slice(0, Number(limit));
  }

  /** Removes the oldest records, up to and with this one. */
  trim(seq: number): boolean {
    const last = this.#present[seq - 1];
    if (!last || seq <= this.trimmed.seq) return false;
    this.trimmed = { seq, tag: last.tag };
    return true;
  }

  copy(): DiskImage {
    return { epoch: this.epoch, records: [...this.#present], trimmed: this.trimmed };
  }

  /** `restore` gives the copy another epoch, as `millrace restore` does; `copy back` is somebody with `cp`. */
  replace(image: DiskImage, how: 'restore' | 'copy back'): void {
    this.#logs.push([...image.records]);
    this.trimmed = image.trimmed;
    this.#epochs += 1;
    this.epoch = how === 'restore' ? `e${this.#epochs}` : image.epoch;
  }

  get #present(): LogRecord[] {
    return this.#logs.at(-1) ?? [];
  }

  #commitOne(events: readonly NewEvent[], at: number, idempotency: Idempotency | undefined): AppendOutcome {
    if (idempotency) throw new Error('no simulation uses keys');
    if (this.isFailing) return { kind: 'failed', reason: 'the disk refuses' };
    const firstSeq = this.head.seq + 1;
    const tags: string[] = [];
    for (const { type, channel, body } of events) {
      const untagged = { seq: this.head.seq + 1, at, type, channel, body };
      const tag = tagOf(untagged);
      this.#present.push({ ...untagged, tag });
      tags.push(tag);
    }
    return { kind: 'committed', firstSeq, at, tags };
  }
}

/** The tallies up to a record, which never change. */
const known = new WeakMap<LogRecord, readonly TallyRow[]>();

/** How many events each channel has, and at which position that changed last; as the projection does it. */
export function tallyOf(records: readonly LogRecord[]): readonly TallyRow[] {
  const last = records.at(-1);
  if (!last) return [];
  const found = known.get(last) ?? countTallies(records);
  known.set(last, found);
  return found;
}

function countTallies(records: readonly LogRecord[]): readonly TallyRow[] {
  const tallies = new Map<string, TallyRow>();
  for (const { channel, seq } of records) {
    if (channel === 'other') continue;
    tallies.set(channel, { channel, events: (tallies.get(channel)?.events ?? 0) + 1, changedSeq: seq });
  }
  return [...tallies.values()];
}
