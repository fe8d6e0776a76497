import { Samples } from '../measure/samples.ts';
import { type HttpAnswer, HttpConnection } from './http-connection.ts';

export interface ClosedLoopOptions {
  readonly port: number;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** The next request to send. */
  readonly next: () => Uint8Array;
  /** Events that this answer acknowledges. */
  readonly acknowledged: (answer: HttpAnswer) => number;
}

export interface ClosedLoopResult {
  /** Acknowledged events, those of the warm-up included. */
  readonly total: number;
  /** Acknowledged events per second, without the warm-up. */
  readonly perSecond: number;
  /** Of the requests after the warm-up, in milliseconds. */
  readonly latency: Samples;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Every connection sends its next request as soon as the last one was answered. */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { port, connections, warmUpMs, durationMs, next, acknowledged } = options;
  const latency = new Samples();
  const statuses = new Map<number, number>();
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port)));
  const countFrom = performance.now() + warmUpMs;
  const stopAt = countFrom + durationMs;
  let total = 0;
  let counted = 0;
  const lane = async (connection: HttpConnection) => {
    for (let sentAt = performance.now(); sentAt < stopAt; ) {
      const answer = await connection.send(next());
      const now = performance.now();
      const events = acknowledged(answer);
      total += events;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (now >= countFrom && now <= stopAt) {
        counted += events;
        latency.add(now - sentAt);
      }
      sentAt = now;
    }
  };
  await Promise.all(open.map(lane));
  for (const connection of open) connection[Symbol.dispose]();
  return { total, perSecond: (counted * 1_000) / durationMs, latency, statuses };
}

export function statusNote(statuses: ReadonlyMap<number, number>): string {
  return `answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`;
}
