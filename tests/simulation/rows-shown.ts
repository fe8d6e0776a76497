import type { EventMessage } from '../../src/protocol/frames.ts';
import { type Position, type SimulatedDisk, tallyOf } from './simulated-disk.ts';

interface ShownRow {
  readonly events: number;
  readonly asOf: Position;
  /** Where the page stood that it came with, which may be before `asOf`: a stream that goes on there begins with rows as of there. */
  readonly page?: Position | undefined;
}

/** The rows that a client shows: each must be what the log says as of the position that it names. */
export class RowsShown {
  readonly #disk: SimulatedDisk;
  readonly #rows = new Map<string, ShownRow>();

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
  }

  /** Shows nothing, or the rows of a snapshot as of a position. */
  begin(asOf?: Position): void {
    this.#rows.clear();
    if (!asOf) return;
    for (const { channel, events } of tallyOf(this.#disk.recordsUpTo(asOf) ?? [])) {
      this.#rows.set(channel, { events, asOf });
    }
  }

  /** Returns what is wrong with a row, in words. */
  show({ channel, events }: EventMessage, asOf: Position, page?: Position): string | undefined {
    const name = String(channel);
    const records = this.#disk.recordsUpTo(asOf);
    const stored = records && tallyOf(records).find((tally) => tally.channel === name)?.events;
    const previous = this.#rows.get(name);
    this.#rows.set(name, { events: Number(events), asOf, page });
    if (stored !== events) return `${name} has ${events} as of ${asOf.seq}, where the log has ${stored}`;
    const isOlder = previous !== undefined && this.#disk.has(previous.asOf) && previous.asOf.seq > asOf.seq;
    const goesOn = page === undefined && previous?.page !== undefined && asOf.seq >= previous.page.seq;
    return isOlder && !goesOn ? `${name} as of ${asOf.seq} came after that of ${previous.asOf.seq}` : undefined;
  }

  get areUpToDate(): boolean {
    const stored = tallyOf(this.#disk.records);
    const isSame = stored.every(({ channel, events }) => this.#rows.get(channel)?.events === events);
    return isSame && this.#rows.size === stored.length;
  }
}
