import type { ServerFrame } from '../protocol/frames.ts';
import { isRow, readEventMessage, readFrame } from '../protocol/read-frame.ts';
import type { StreamEvent } from './environment.ts';
import { continues } from './frame-intake.ts';

/** The event types of the protocol itself; `EventSource` delivers only what is named to it. */
export const CONTROL_EVENT_TYPES = ['hello', 'heartbeat', 'reset', 'close'] as const;

/** The frame that a WebSocket text holds; throws where it is none. */
export function frameOfText(text: string): ServerFrame {
  return readFrame(JSON.parse(text));
}

/**
 * The frame that a server-sent event stands for; throws where it is none. There is no `from` on this transport: TCP keeps
 * the order, so an event continues whatever the stream gave last.
 */
export function frameOfStreamEvent({ event, id, data }: StreamEvent, position: string | undefined): ServerFrame {
  const value: unknown = JSON.parse(data);
  const members = typeof value === 'object' && value !== null ? value : {};
  const message = { ...(id === undefined ? {} : { cursor: id }), ...members, type: event };
  if (event === 'heartbeat') return readFrame({ at: '', ...message });
  if (CONTROL_EVENT_TYPES.some((type) => type === event)) return readFrame(message);
  const read = readEventMessage(message);
  if (position === read.cursor) {
    return { type: 'batch', from: position, to: position, events: isRow(read) ? [read] : [] };
  }
  // An earlier event, or one of another log, does not continue the position: it begins and ends where it says.
  const from = position !== undefined && continues(read.cursor, position) ? position : read.cursor;
  return { type: 'batch', from, to: read.cursor, events: [read] };
}

/** The code of a `close` event, which stands for the close frame that this transport doesn't have. */
export function closeCodeOf({ event, data }: StreamEvent): number | undefined {
  if (event !== 'close') return undefined;
  const value: unknown = JSON.parse(data);
  const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

/** Where a stream stands after a frame. */
export function positionAfter(frame: ServerFrame, position: string | undefined): string | undefined {
  switch (frame.type) {
    case 'hello':
    case 'heartbeat':
    case 'reset':
      return frame.cursor;
    case 'batch':
      return frame.to;
    case 'pong':
      return position;
    default:
      return frame satisfies never;
  }
}
