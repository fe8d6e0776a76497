import { parseCursor } from '../../src/protocol/cursor.ts';
import type { Path } from './link.ts';
import type { Position } from './simulated-disk.ts';

/** Somebody who reads the feed, by whatever code. */
export interface Subscriber {
  readonly name: string;
  readonly path: Path;
  /** Whether it takes itself to be connected. */
  readonly isLive: boolean;
  /** Whether all that it has to show has come. */
  readonly isUpToDate: boolean;
  /** Events that it has shown. */
  readonly events: number;
  start(): void;
  stop(): void;
  /** Compares all that it has shown since its last new beginning with the log. */
  checkAll(): void;
}

/** Throws for what is no cursor. */
export function positionOf(cursor: string | undefined): Position {
  const parsed = cursor === undefined ? undefined : parseCursor(cursor);
  if (!parsed) throw new Error(`${cursor} is no position`);
  return parsed;
}
