import { describe, expect, it } from 'vitest';
import { createFeed, type FeedOptions } from './create-feed.ts';
import { RefusedError } from './feed-problem.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'x', heartbeatMs: 15_000 });
const batch = (from: number, to: number) => ({
  type: 'batch',
  from: cursor(from),
  to: cursor(to),
  events: Array.from({ length: to - from }, (_, index) => ({ type: 'event', cursor: cursor(from + index + 1) })),
});

function scene(options: Partial<FeedOptions<number>> = {}) {
  const environment = new ScriptedEnvironment();
  const feed = createFeed<number>({
    url: '/stream',
    environment,
    parse: (message) => Number(message.cursor.split('.')[1]),
    ...options,
  });
  const socket = () => {
    const last = environment.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  };
  return { environment, feed, socket, loop: feed[Symbol.asyncIterator]() };
}

describe('a loop over a feed', () => {
  it('starts the feed, gives its batches in order, and stops it when it is left', async () => {
    const { environment, feed, socket } = scene();
    const seen: (readonly number[])[] = [];
    const done = (async () => {
      for await (const events of feed) {
        seen.push(events);
        if (seen.length === 2) break;
      }
    })();
    await environment.settle();
    socket().send(hello(10));
    socket().send(batch(10, 12));
    await environment.settle();
    socket().send(batch(12, 13));
    await done;
    expect(seen).toEqual([[11, 12], [13]]);
    expect(environment.leftovers).toBe(0);
  });

  it('leaves a feed running that was started before it', async () => {
    const { environment, feed, loop } = scene();
    feed.start();
    const next = loop.next();
    await environment.settle();
    environment.sockets[0]?.send(hello(10));
    environment.sockets[0]?.send(batch(10, 11));
    expect(await next).toEqual({ done: false, value: [11] });
    await loop.return?.();
    expect(feed.status().name).toBe('live');
    feed.stop();
    expect(environment.leftovers).toBe(0);
  });

  it('closes the connection when the consumer lags behind the bound, and continues at the cursor', async () => {
    const { environment, feed, socket, loop } = scene({ maxBuffered: 3 });
    const first = loop.next();
    await environment.settle();
    socket().send(hello(10));
    socket().send(batch(10, 11));
    expect((await first).value).toEqual([11]);
    socket().send(batch(11, 13));
    socket().send(batch(13, 15));
    expect(feed.status().name).toBe('paused');
    expect(socket().isClosed).toBe(true);
    socket().send(batch(15, 16));
    expect((await loop.next()).value).toEqual([12, 13]);
    expect(environment.sockets).toHaveLength(1);
    expect((await loop.next()).value).toEqual([14, 15]);
    expect(environment.sockets).toHaveLength(2);
    expect(socket().url).toContain(`cursor=${cursor(15)}`);
    socket().send(hello(15));
    socket().send(batch(15, 16));
    expect((await loop.next()).value).toEqual([16]);
    await loop.return?.();
    expect(environment.leftovers).toBe(0);
  });

  it('drops what waits when a snapshot shows it already', async () => {
    let snapshotAt = 10;
    const { environment, socket, loop } = scene({ snapshot: async () => cursor(snapshotAt) });
    const first = loop.next();
    await environment.settle();
    socket().send(hello(10));
    socket().send(batch(10, 11));
    await first;
    socket().send(batch(11, 12));
    snapshotAt = 40;
    socket().send({ type: 'reset', reason: 'cursor_expired', cursor: cursor(40) });
    await environment.settle();
    socket().send(hello(40));
    socket().send(batch(40, 41));
    expect((await loop.next()).value).toEqual([41]);
  });

  it('ends when the feed is stopped', async () => {
    const { environment, feed, loop } = scene();
    const next = loop.next();
    await environment.settle();
    feed[Symbol.dispose]();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('ends when the signal of the feed is aborted', async () => {
    const { environment, feed, loop } = scene();
    const abort = new AbortController();
    feed.start(abort.signal);
    const next = loop.next();
    await environment.settle();
    abort.abort();
    expect((await next).done).toBe(true);
    expect(environment.leftovers).toBe(0);
  });

  it('throws when the server turns the client away for good, after what had come', async () => {
    const { environment, socket, loop } = scene();
    const first = loop.next();
    await environment.settle();
    socket().send(hello(10));
    socket().send(batch(10, 11));
    socket().end(4001);
    expect((await first).value).toEqual([11]);
    await expect(loop.next()).rejects.toThrow(RefusedError);
    expect(environment.leftovers).toBe(0);
  });

  it('refuses a second loop at the same time', async () => {
    const { environment, feed, loop } = scene();
    const first = loop.next();
    await environment.settle();
    await expect(feed[Symbol.asyncIterator]().next()).rejects.toThrow('another loop');
    feed.stop();
    await first;
  });
});
