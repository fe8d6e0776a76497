import { once } from 'node:events';
import { expect } from 'vitest';
import {
  type ObservedEvent,
  type StreamMessage,
  streamMessageSchema,
} from '../../src/surfaces/observability/events.ts';

/** One event as it came over a WebSocket, and when. */
export interface Received {
  readonly message: StreamMessage;
  /** Wall-clock milliseconds. */
  readonly at: number;
}

export interface StreamClient extends Disposable {
  readonly socket: WebSocket;
  readonly received: readonly Received[];
  /** Settles once this many events have come. */
  has(count: number): Promise<void>;
}

/** The plain client of specs/004: a WebSocket on `/stream` that reads `{"type":"event","data"}`. */
export async function openStream(url: string, query = ''): Promise<StreamClient> {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}/stream${query}`);
  const received: Received[] = [];
  socket.onmessage = ({ data }) => {
    const at = Date.now();
    const read = streamMessageSchema.safeParse(JSON.parse(String(data)));
    if (read.success) received.push({ message: read.data, at });
  };
  await once(socket, 'open');
  return {
    socket,
    received,
    has: (count) => expect.poll(() => received.length, { interval: 5 }).toBe(count),
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Posts one event as a producer would; fails unless it was stored. */
export async function postEvent(url: string, members: Partial<ObservedEvent> = {}): Promise<ObservedEvent> {
  const event = { timestamp: new Date().toISOString(), source_app: 'test-app', event_type: 'PreToolUse', ...members };
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as ObservedEvent;
}
