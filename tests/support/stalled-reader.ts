import { connect } from 'node:net';
import { expect } from 'vitest';
import { handshake } from './feed-peers.ts';
import type { Transport } from './raw-feed.ts';

export interface StalledReader extends Disposable {
  /** Bytes that it has read. */
  readonly bytes: number;
  /** The marks of the events that it has read, as `bench/load/events.ts` makes them, in order. */
  readonly marks: readonly number[];
  readonly resets: number;
  /** Reads again. */
  readOn(): void;
}

export interface StalledReaderOptions {
  readonly port: number;
  readonly path: string;
  readonly transport: Exclude<Transport, 'poll'>;
}

/** An event's mark, or a reset. */
const FOUND = /"summary":"mark (\d{9})|"type":"reset"/g;
/** A match is at most this long, so that less of one stands at the end of what has come. */
const LONGEST_MATCH = 25;

/** A client over TCP that reads nothing once it is connected, until it is told to. */
export async function openStalledReader(options: StalledReaderOptions): Promise<StalledReader> {
  const { port, path, transport } = options;
  const socket = connect(port, '127.0.0.1');
  const marks: number[] = [];
  let bytes = 0;
  let resets = 0;
  let rest = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    rest += chunk.toString('latin1');
    let end = 0;
    for (const { 0: text, 1: mark, index } of rest.matchAll(FOUND)) {
      end = index + text.length;
      if (mark === undefined) resets += 1;
      else marks.push(Number(mark));
    }
    rest = rest.slice(Math.max(end, rest.length - LONGEST_MATCH + 1));
  });
  const host = `127.0.0.1:${port}`;
  const lines =
    transport === 'sse'
      ? [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Accept: text/event-stream']
      : handshake(transport === 'websocket-v1' ? 'millrace.v1' : undefined, path, host);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await expect.poll(() => bytes, { interval: 5 }).toBeGreaterThan(0);
  socket.pause();
  return {
    get bytes() {
      return bytes;
    },
    marks,
    get resets() {
      return resets;
    },
    readOn: () => socket.resume(),
    [Symbol.dispose]: () => socket.destroy(),
  };
}
