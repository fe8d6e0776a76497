import { connect } from 'node:net';
import { expect } from 'vitest';
import { feedRequest, type StreamRequest } from './feed-request.ts';
import { MarkScanner } from './mark-scanner.ts';

export interface StalledReader extends Disposable {
  /** What it has read. */
  readonly seen: Pick<MarkScanner, 'marks' | 'bytes' | 'resets'>;
  /** Reads again. */
  readOn(): void;
}

/** A client over TCP that reads nothing once it is connected, until it is told to. */
export async function openStalledReader(request: StreamRequest): Promise<StalledReader> {
  const socket = connect(request.port, '127.0.0.1');
  const seen = new MarkScanner();
  socket.on('error', () => {});
  socket.on('data', (chunk) => seen.take(chunk));
  socket.write(feedRequest(request));
  await expect.poll(() => seen.bytes, { interval: 5 }).toBeGreaterThan(0);
  socket.pause();
  return { seen, readOn: () => socket.resume(), [Symbol.dispose]: () => socket.destroy() };
}
