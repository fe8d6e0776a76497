import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import { Batch, type EncodedEvent } from './batch.ts';
import type { Row } from './feed.ts';

/** The rows that changed between two positions, with the values they have at the second. */
export class RowBatch extends Batch {
  readonly #rows: readonly Row[];

  /**
   * All rows but the last stand at `from`: whoever is cut off between two of them resumes there and gets all again
   * (PROTOCOL.md R22).
   */
  constructor(from: Cursor, to: Cursor, rows: readonly Row[]) {
    super(
      from,
      to,
      rows.map((row, index) => stamp(row, to, index === rows.length - 1 ? to : from)),
    );
    this.#rows = rows;
  }

  /** The rows for a reader of events that has reached a position of its own, which they don't move. */
  beside(position: Cursor): Batch {
    return new Batch(
      position,
      position,
      this.#rows.map((row) => stamp(row, this.to, position)),
    );
  }
}

function stamp({ type, text }: Row, asOf: Cursor, position: Cursor): EncodedEvent {
  const members = `"as_of":"${formatCursor(asOf)}","cursor":"${formatCursor(position)}"}`;
  return { position, eventType: type, text: `${text.slice(0, -1)},${members}` };
}
