import { parseCursor, seqOf } from '../protocol/cursor.ts';
import type { EventMessage, ServerFrame } from '../protocol/frames.ts';
import { isRow } from '../protocol/read-frame.ts';
import type { ConnectionEvent } from './connection-state.ts';

/** What a batch means to a client that stands at a cursor. */
export type Intake =
  | { readonly kind: 'events'; readonly events: readonly EventMessage[]; readonly cursor: string }
  | { readonly kind: 'gap' };

/**
 * Whether a stretch that starts at `from` leaves nothing out for a client at `cursor`. Starting earlier is harmless:
 * the events the client already has are dropped by {@link takeBatch}.
 */
export function continues(cursor: string, from: string): boolean {
  if (cursor === from) return true;
  const here = parseCursor(cursor);
  const there = parseCursor(from);
  return here !== undefined && there !== undefined && here.epoch === there.epoch && there.seq < here.seq;
}

/** The events after the cursor and the cursor after them; a gap when the batch starts somewhere else (PROTOCOL.md). */
export function takeBatch(
  cursor: string,
  batch: { readonly from: string; readonly to: string; readonly events: readonly EventMessage[] },
): Intake {
  if (!continues(cursor, batch.from)) return { kind: 'gap' };
  const seq = seqOf(cursor) ?? 0;
  const events =
    cursor === batch.from
      ? batch.events
      : batch.events.filter((event) => isRow(event) || (seqOf(event.cursor) ?? 0) > seq);
  return { kind: 'events', events, cursor: later(cursor, batch.to) };
}

/** The one of two cursors of the same log that is further on. */
export function later(a: string, b: string): string {
  return (seqOf(b) ?? 0) > (seqOf(a) ?? 0) ? b : a;
}

/** What a frame says to a client at a cursor: events to show, and what the connection goes through because of it. */
export interface FrameMeaning {
  readonly events: readonly EventMessage[];
  readonly happening: ConnectionEvent | undefined;
  /** Why the position is lost, when it is. */
  readonly gap?: string;
}

/** Before the stream said hello there is no position, and nothing but hello means anything. */
export function meaningOf(frame: ServerFrame, cursor: string | undefined): FrameMeaning {
  switch (frame.type) {
    case 'hello':
      return cursor === undefined || continues(cursor, frame.cursor) ? says(frame) : gap('the stream starts elsewhere');
    case 'reset':
      return gap(`the server asks for a new snapshot: ${frame.reason}`);
    case 'pong':
      return cursor === undefined ? says(undefined) : says({ type: 'progressed', cursor });
    case 'heartbeat':
      return cursor === undefined ? says(undefined) : says({ type: 'progressed', cursor: later(cursor, frame.cursor) });
    case 'batch': {
      if (cursor === undefined) return says(undefined);
      const taken = takeBatch(cursor, frame);
      if (taken.kind === 'gap') return gap('a batch starts elsewhere');
      return says({ type: 'progressed', cursor: taken.cursor }, taken.events);
    }
    default:
      return frame satisfies never;
  }
}

function says(happening: ConnectionEvent | undefined, events: readonly EventMessage[] = []): FrameMeaning {
  return { events, happening };
}

function gap(reason: string): FrameMeaning {
  return { events: [], happening: { type: 'gapFound' }, gap: reason };
}
