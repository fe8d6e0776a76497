import { expect, test } from 'vitest';
import type { FeedDefinition } from '../src/engine/feed.ts';
import { ManualClock } from '../src/engine/manual-clock.ts';
import { formatCursor } from '../src/protocol/cursor.ts';
import { pageSchema } from '../src/protocol/frames.ts';
import { engineSystem, TEST_FEED } from './support/engine-system.ts';
import { getPage, openSocket, openSse } from './support/feed-peers.ts';

/** The test feed, whose heartbeats say how often they were measured. */
function measuringFeed() {
  let measured = 0;
  const heartbeat = () => {
    measured += 1;
    return { measured };
  };
  const feed: FeedDefinition = { ...TEST_FEED, open: (query) => ({ ...TEST_FEED.open(query), heartbeat }) };
  return { feed, count: () => measured };
}

const TIMINGS = { heartbeatMs: 40 };

test('of a view that measures carry its members on every transport, the first right after hello', async () => {
  const { feed } = measuringFeed();
  await using system = await engineSystem({ feed, timings: TIMINGS });
  const cursor = formatCursor(system.log.head());
  using v1 = await openSocket(system, { protocols: ['millrace.v1'] });
  using plain = await openSocket(system);
  using sse = await openSse(system);
  await expect.poll(() => v1.frames.length).toBeGreaterThan(2);
  await expect.poll(() => plain.frames.length).toBeGreaterThan(1);
  await expect.poll(() => sse.text.match(/event: heartbeat/g)?.length).toBeGreaterThan(1);
  const heartbeat = { type: 'heartbeat', cursor, at: expect.any(String), measured: expect.any(Number) };
  expect(v1.frames.slice(0, 3)).toEqual([expect.objectContaining({ type: 'hello' }), heartbeat, heartbeat]);
  expect(plain.frames.slice(0, 2)).toEqual([heartbeat, heartbeat]);
  expect(sse.text).toMatch(/event: hello\nid: .*\ndata: .*\n\nevent: heartbeat\nid: .*\ndata: .*"measured":\d+}\n/);
  const { body } = await getPage(system);
  expect(pageSchema.parse(body).heartbeat).toEqual(heartbeat);
});

test('are measured once for all readers', async () => {
  const { feed, count } = measuringFeed();
  await using system = await engineSystem({ feed, clock: new ManualClock() });
  using v1 = await openSocket(system, { protocols: ['millrace.v1'] });
  using plain = await openSocket(system);
  using sse = await openSse(system);
  await expect.poll(() => [v1.frames.length, plain.frames.length]).toEqual([2, 1]);
  await expect.poll(() => sse.text).toContain('event: heartbeat');
  expect((await getPage(system)).body).toMatchObject({ heartbeat: { measured: 1 } });
  expect(count()).toBe(1);
});

test('stand where the reader stands: after events, and after a reset', async () => {
  const { feed } = measuringFeed();
  await using system = await engineSystem({ feed });
  const start = formatCursor(system.log.head());
  await system.append('red', 'one', 'two');
  using late = await openSocket(system, { query: `?cursor=${start}`, protocols: ['millrace.v1'] });
  await expect.poll(() => late.frames.map(({ type }) => type)).toEqual(['hello', 'heartbeat', 'batch']);
  expect(late.frames[1]).toMatchObject({ cursor: start });
  expect(late.frames[2]).toMatchObject({ from: start });
  using lost = await openSocket(system, { query: '?cursor=aaaaaaaaaaaaaaaa.1.bbbbbbbbbb', protocols: ['millrace.v1'] });
  await expect.poll(() => lost.frames.map(({ type }) => type)).toEqual(['hello', 'reset', 'heartbeat']);
  expect(lost.frames[2]).toMatchObject({ cursor: lost.frames[1]?.cursor });
});

test('of other views carry nothing, and plain WebSockets and pages have none', async () => {
  await using system = await engineSystem({ timings: TIMINGS });
  using v1 = await openSocket(system, { protocols: ['millrace.v1'] });
  using plain = await openSocket(system);
  await expect.poll(() => v1.frames.length).toBeGreaterThan(2);
  expect(Object.keys(v1.frames[1] ?? {})).toEqual(['type', 'cursor', 'at']);
  expect(plain.frames).toEqual([]);
  expect((await getPage(system)).body).not.toHaveProperty('heartbeat');
});
