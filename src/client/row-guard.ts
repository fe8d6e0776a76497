import { parseCursor } from '../protocol/cursor.ts';
import type { EventMessage } from '../protocol/frames.ts';
import { isRow } from '../protocol/read-frame.ts';

/**
 * Keeps rows from going back. Whoever polls while a stream is opened is given newer rows by a page than the stream begins
 * with. The client's position stays at the page's; if the stream ended before it came so far, nobody would send those rows
 * again.
 *
 * What is dropped is not missed: a stream leaves nothing out, so that what changed since comes with the rows that are as
 * of a later position (PROTOCOL.md R22). Only what came while the stream was opened counts: one that was asked for later
 * brings news, also from a log that was put back to an earlier state.
 */
export interface RowGuard {
  /** A stream is asked for, at the position that everything shown is as of. */
  streamAsked(): void;
  /** All rows are shown as of this position, and not by the stream. */
  shown(asOf: string): void;
  /** Of what the stream gave: what is no row, and the rows that are no older than what was shown meanwhile. */
  fresh(messages: readonly EventMessage[]): readonly EventMessage[];
}

export function createRowGuard(): RowGuard {
  let newest: ReturnType<typeof parseCursor>;

  function isOlder(asOf: string): boolean {
    const position = parseCursor(asOf);
    return position !== undefined && newest?.epoch === position.epoch && position.seq < newest.seq;
  }

  return {
    streamAsked() {
      newest = undefined;
    },
    shown(asOf) {
      newest = parseCursor(asOf);
    },
    fresh(messages) {
      return newest === undefined ? messages : messages.filter((message) => !isRow(message) || !isOlder(message.as_of));
    },
  };
}
