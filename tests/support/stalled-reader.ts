import { connect } from 'node:net';
import { expect } from 'vitest';
import { feedRequest, type StreamRequest } from './feed-request.ts';
import { MarkScanner } from './mark-scanner.ts';

export interface StalledReader extends Disposable {
  /** What it has read. */
  readonly seen: Pick<MarkScanner, 'marks' | 'bytes' | 'resets'>;
  /** Reads again. */
  readOn(): void;
  /** Whether it was told that the connection is over. */
  hasEnded(): boolean;
}

/** A client over TCP that reads nothing once it is connected, until it is told to; of an address of its own if that is given. */
export async function openStalledReader(request: StreamRequest, localAddress?: string): Promise<StalledReader> {
  const socket = connect({ port: request.port, host: '127.0.0.1', ...(localAddress && { localAddress }) });
  const seen = new MarkScanner();
  socket.on('error', () => {});
  socket.on('data', (chunk) => seen.take(chunk));
  socket.write(feedRequest(request));
  await expect.poll(() => seen.bytes, { interval: 5 }).toBeGreaterThan(0);
  socket.pause();
  return {
    seen,
    readOn: () => socket.resume(),
    hasEnded: () => socket.closed,
    [Symbol.dispose]: () => socket.destroy(),
  };
}
