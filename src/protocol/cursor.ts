/**
 * A position in the log: `<epoch>.<seq>.<tag>`. Opaque to clients, safe in a URL, a header and an SSE `id:`.
 * See PROTOCOL.md R2.
 */
export interface Cursor {
  /** Random name of one log; made when a log is created or restored. */
  readonly epoch: string;
  /** Number of the last event read; 0 is the position before the first event. */
  readonly seq: number;
  /** Short hash of the record stored at `seq`; catches a log that was copied back and reused its numbers. */
  readonly tag: string;
}

/** What may stand where a cursor is expected. */
export type CursorInput = Cursor | 'earliest' | 'latest';

/** Tag of position 0, where no record is stored. */
export const GENESIS_TAG = '0';

const CURSOR_PATTERN = /^([a-z0-9]{1,32})\.(0|[1-9][0-9]{0,15})\.([a-z0-9]{1,32})$/;

export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}.${cursor.seq}.${cursor.tag}`;
}

/** Returns `undefined` for anything that is not a well-formed cursor. */
export function parseCursor(text: string): Cursor | undefined {
  const match = CURSOR_PATTERN.exec(text);
  if (!match) return undefined;
  const [, epoch = '', digits = '', tag = ''] = match;
  const seq = Number(digits);
  return Number.isSafeInteger(seq) ? { epoch, seq, tag } : undefined;
}

/** Like {@link parseCursor}, and accepts the words `earliest` and `latest`. */
export function parseCursorInput(text: string): CursorInput | undefined {
  return text === 'earliest' || text === 'latest' ? text : parseCursor(text);
}

/** The seq of a cursor text of the same log, for ordering; `undefined` when it is not a cursor. */
export function seqOf(text: string): number | undefined {
  return parseCursor(text)?.seq;
}
