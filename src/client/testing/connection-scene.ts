import { createFeedConnection, type FeedConnectionOptions } from '../feed-connection.ts';
import type { FeedProblem } from '../feed-problem.ts';
import { ScriptedEnvironment } from './scripted-environment.ts';

export const cursor = (seq: number) => `e.${seq}.t${seq}`;
export const event = (seq: number) => ({ type: 'event', cursor: cursor(seq) });
export const batch = (from: number, to: number) => ({
  type: 'batch',
  from: cursor(from),
  to: cursor(to),
  events: Array.from({ length: to - from }, (_, index) => event(from + index + 1)),
});
export const hello = (seq: number, heartbeatMs = 15_000) => ({
  type: 'hello',
  cursor: cursor(seq),
  feed: 'stream',
  heartbeatMs,
});

/** A connection to a feed with a snapshot as of 10, and what became of it. */
export function scene(options: Partial<FeedConnectionOptions> = {}) {
  const environment = new ScriptedEnvironment();
  const received: string[] = [];
  const problems: FeedProblem[] = [];
  let snapshots = 0;
  const connection = createFeedConnection({
    url: '/stream',
    environment,
    snapshot: async () => {
      snapshots += 1;
      return cursor(10);
    },
    onEvents: (events) => received.push(...events.map((item) => item.cursor)),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const socket = () => {
    const last = environment.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  };
  return {
    environment,
    connection,
    received,
    problems,
    socket,
    snapshots: () => snapshots,
    name: () => connection.status().name,
  };
}

/** The same once it is live. */
export async function liveScene(options: Partial<FeedConnectionOptions> = {}) {
  const it = scene(options);
  it.connection.start();
  await it.environment.settle();
  it.socket().send(hello(10));
  return it;
}
