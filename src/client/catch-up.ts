import { parseCursor } from '../protocol/cursor.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { ClientEnvironment } from './environment.ts';
import { loadPage } from './load-page.ts';

export interface CatchUp {
  readonly url: string;
  readonly token: string | undefined;
  readonly from: string;
  /** Where the stream stands that is to be joined. */
  readonly to: string;
  readonly signal: AbortSignal;
  /** Receives the pages as batches, or a `reset` where the position cannot be continued. */
  readonly onFrame: (frame: ServerFrame) => void;
}

/** Reads what lies between two positions by the JSON transport; nothing when the first has reached the second. */
export async function catchUp(environment: ClientEnvironment, request: CatchUp): Promise<void> {
  const { url, token, to, signal, onFrame } = request;
  let cursor = request.from;
  while (!hasReached(cursor, to)) {
    const page = await loadPage(environment, { url, cursor, token, signal });
    if (signal.aborted) return;
    if (!page) {
      onFrame({ type: 'reset', reason: 'cursor_expired', cursor: to });
      return;
    }
    onFrame({ type: 'batch', from: page.from, to: page.cursor, events: page.events });
    cursor = page.cursor;
    if (page.upToDate) return;
  }
}

function hasReached(cursor: string, to: string): boolean {
  if (cursor === to) return true;
  const here = parseCursor(cursor);
  const there = parseCursor(to);
  return here !== undefined && there !== undefined && here.epoch === there.epoch && here.seq > there.seq;
}
