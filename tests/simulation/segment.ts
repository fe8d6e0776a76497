import type { LogRecord } from '../../src/engine/log/log.ts';
import { History, type HistoryReport } from '../support/history.ts';
import type { Position, SimulatedDisk } from './simulated-disk.ts';

/** The name under which the one subscriber of a history stands. */
const CLIENT = 'client';

/** The text of an event, by which it is told apart from every other. */
export function idOf({ body }: LogRecord): string {
  return /"text":"([^"]*)"/.exec(body)?.[1] ?? '';
}

/**
 * What a client has shown since it began at a position: at its start, from a snapshot, or after it was told that it had lost
 * its place. In one segment nothing may be missing, repeated or out of order.
 */
export class Segment {
  readonly from: Position;
  readonly #shows: (record: LogRecord) => boolean;
  readonly #received: string[] = [];
  #last: Position;

  constructor(from: Position, shows: (record: LogRecord) => boolean) {
    this.from = from;
    this.#last = from;
    this.#shows = shows;
  }

  /** The position of the last event. */
  get last(): Position {
    return this.#last;
  }

  receive(id: string, position: Position): void {
    this.#received.push(id);
    this.#last = position;
  }

  /** Whether the newest of all that there is to show has come. */
  isUpToDate(disk: SimulatedDisk): boolean {
    const newest = disk.records.findLast(this.#shows);
    return disk.has(this.#last) && this.#last.seq >= (newest?.seq ?? 0);
  }

  /** Compares with what the log held up to a position. */
  check(disk: SimulatedDisk, through: Position): HistoryReport {
    const history = new History();
    const stored = (disk.recordsUpTo(through) ?? []).slice(this.from.seq).filter(this.#shows).map(idOf);
    for (const id of stored) {
      history.attempt(id);
      history.acknowledge(id);
    }
    for (const id of this.#received) history.receive(CLIENT, id);
    // A subscriber that was never heard of is not looked at.
    if (this.#received.length === 0 && stored.length > 0) return { ...history.check(stored), lost: stored.length };
    return history.check(stored);
  }
}
