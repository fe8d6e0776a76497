import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { type Cursor, formatCursor, parseCursor } from '../../../protocol/cursor.ts';

export interface MarkedHead {
  readonly head: Cursor;
  /** Whether all of the log was folded into its file, so that no write-ahead log is missed. */
  readonly isClosed: boolean;
}

/** Within one sector, so that a power loss leaves the old text or the new one. */
const LENGTH = 128;

/**
 * A small file beside the database that names the newest acknowledged position. SQLite takes a write-ahead log that was
 * cut short or removed for a shorter one; this file tells. It is written after each commit and not synced: after a power
 * loss it may name an earlier position, never a later one than the database holds.
 */
export class HeadMark implements Disposable {
  readonly #file: number;
  #written: string | undefined;

  constructor(path: string) {
    this.#file = openSync(markPath(path), constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** Throws what the disk says; what was committed stands without the mark. */
  write({ head, isClosed }: MarkedHead): void {
    const text = `${formatCursor(head)} ${isClosed ? 'closed' : 'open'}`;
    if (text === this.#written) return;
    writeSync(this.#file, `${text.padEnd(LENGTH - 1)}\n`, 0);
    this.#written = text;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

export function markPath(path: string): string {
  return `${path}-head`;
}

/** What the mark of the database at `path` says; `undefined` when there is none, or none that can be read. */
export function readMark(path: string): MarkedHead | undefined {
  const [cursor = '', state] = textOf(markPath(path)).trim().split(' ');
  const head = parseCursor(cursor);
  return head && (state === 'open' || state === 'closed') ? { head, isClosed: state === 'closed' } : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
