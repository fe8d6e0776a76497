import { expect, test } from 'vitest';
import type { FeedDefinition } from '../src/engine/feed.ts';
import { formatCursor } from '../src/protocol/cursor.ts';
import { type EngineSystem, engineSystem, TEST_FEED } from './support/engine-system.ts';
import {
  getPage,
  handshake,
  openHalfOpen,
  openSocket,
  openSse,
  openStalled,
  rawRequest,
} from './support/feed-peers.ts';

test('a plain WebSocket gets one frame per event and nothing else', async () => {
  await using system = await engineSystem({ timings: { heartbeatMs: 1_000 } });
  using client = await openSocket(system);
  await system.append('red', 'one', 'two');
  await expect.poll(() => client.frames.length).toBe(2);
  expect(client.frames).toMatchObject([
    { type: 'said', text: 'one' },
    { type: 'said', text: 'two', cursor: formatCursor(system.log.head()) },
  ]);
});

test('a millrace.v1 WebSocket gets hello, batches with from and to, and heartbeats', async () => {
  await using system = await engineSystem({ timings: { heartbeatMs: 40 } });
  using client = await openSocket(system, { query: '?channel=red', protocols: ['millrace.v1'] });
  expect(client.socket.protocol).toBe('millrace.v1');
  const start = formatCursor(system.log.head());
  await system.append('red', 'one', 'two');
  await system.append('blue', 'not shown');
  const head = formatCursor(system.log.head());
  await expect
    .poll(() => client.frames.find((frame) => frame.type === 'heartbeat' && frame.cursor === head))
    .toBeTruthy();
  expect(client.frames[0]).toEqual({ type: 'hello', cursor: start, feed: 'test', heartbeatMs: 40 });
  const batches = client.frames.filter(({ type }) => type === 'batch');
  expect(batches).toMatchObject([{ from: start, events: [{ text: 'one' }, { text: 'two' }] }]);
});

test('a batch continues where the client was told last, although nothing in between was shown', async () => {
  await using system = await engineSystem();
  using client = await openSocket(system, { query: '?channel=red', protocols: ['millrace.v1'] });
  const batches = () => client.frames.filter(({ type }) => type === 'batch');
  const reached = (seq: number) =>
    expect.poll(() => [...system.feeds.readers].map(({ position }) => position.seq)).toEqual([seq]);
  const start = formatCursor(system.log.head());
  await system.append('blue', 'not shown');
  await reached(1);
  await system.append('red', 'one');
  const first = formatCursor(system.log.head());
  await system.append('blue', 'not shown either');
  await reached(3);
  await system.append('red', 'two');
  await expect.poll(() => batches().length).toBe(2);
  expect(batches()).toMatchObject([
    { from: start, to: first },
    { from: first, to: formatCursor(system.log.head()) },
  ]);
});

test('an event that cannot be encoded is left out, and every reader goes on', async () => {
  const feed: FeedDefinition = {
    ...TEST_FEED,
    open(query) {
      const view = TEST_FEED.open(query);
      return {
        ...view,
        encode(record, cursor) {
          if (record.channel === 'broken') throw new TypeError('cannot be encoded');
          return view.encode(record, cursor);
        },
      };
    },
  };
  await using system = await engineSystem({ feed });
  using first = await openSocket(system);
  using second = await openSocket(system, { protocols: ['millrace.v1'] });
  await system.append('red', 'one');
  await system.append('broken', 'two');
  await system.append('red', 'three');
  await expect.poll(() => first.frames.map(({ text }) => text)).toEqual(['one', 'three']);
  await expect.poll(() => JSON.stringify(second.frames)).toContain('three');
});

test('an unknown subprotocol is not echoed', async () => {
  await using system = await engineSystem();
  const response = await rawRequest(system, handshake('other.v2'));
  expect(response).toMatch(/^HTTP\/1.1 101/);
  expect(response).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  expect(response.toLowerCase()).not.toContain('sec-websocket-protocol');
});

test('ping is answered with pong; what cannot be parsed is ignored, counted, and never closes the connection', async () => {
  await using system = await engineSystem();
  using client = await openSocket(system);
  for (const frame of ['not json', '{"type":"unknown"}', '[]', 'null', '"ping"', '{"type":']) client.socket.send(frame);
  client.socket.send(new Uint8Array([1, 2, 3]));
  client.socket.send('{"type":"ping"}');
  await expect.poll(() => client.frames.length).toBe(1);
  expect(client.frames[0]).toEqual({ type: 'pong', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  expect(await system.metrics.registry.metrics()).toContain('millrace_rejects_total{reason="unknown_frame"} 7');
});

test('a client that floods is closed with 1008, one that sends too much at once with 1009 or 1006', async () => {
  await using system = await engineSystem();
  using flooding = await openSocket(system);
  for (let count = 0; count < 300; count += 1) flooding.socket.send('{}');
  expect((await flooding.closed).code).toBe(1008);
  using large = await openSocket(system);
  large.socket.send('x'.repeat(65 * 1024));
  expect([1006, 1009]).toContain((await large.closed).code);
  using healthy = await openSocket(system);
  await system.append('red', 'still served');
  await expect.poll(() => healthy.frames.length).toBe(1);
});

test('a peer that answers no ping is closed, one that does stays', async () => {
  await using system = await engineSystem({ timings: { pingMs: 40, pongTimeoutMs: 40 } });
  using alive = await openSocket(system);
  const silent = await openHalfOpen(system);
  await expect.poll(() => system.feeds.readers.size).toBe(2);
  await expect.poll(() => system.feeds.readers.size).toBe(1);
  await expect.poll(() => silent.isEnded).toBe(true);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  silent.socket.destroy();
});

test('SSE starts with hello and an id, shows events with theirs, and heartbeats', async () => {
  await using system = await engineSystem({ timings: { heartbeatMs: 40 } });
  using stream = await openSse(system);
  expect(Object.fromEntries(stream.response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  const start = formatCursor(system.log.head());
  await expect.poll(() => stream.text).toContain('\n\n');
  await system.append('red', 'one');
  const head = formatCursor(system.log.head());
  await expect.poll(() => stream.text).toContain(`event: heartbeat\nid: ${head}\n`);
  expect(stream.text).toMatch(/^retry: \d+\n\nevent: hello\nid: /);
  expect(stream.text).toContain(`event: hello\nid: ${start}\n`);
  expect(stream.text).toContain(`event: said\nid: ${head}\ndata: {"type":"said","text":"one","cursor":"${head}"}\n\n`);
});

test('Last-Event-ID wins over the cursor in the URL', async () => {
  await using system = await engineSystem();
  const { records } = await system.append('red', 'one', 'two');
  const cursors = records.map(({ seq, tag }) => formatCursor({ epoch: system.log.epoch, seq, tag }));
  using stream = await openSse(system, { query: '?cursor=earliest', headers: { 'last-event-id': cursors[0] ?? '' } });
  await expect.poll(() => stream.text).toContain('"two"');
  expect(stream.text).not.toContain('"one"');
});

test('a page holds what came after the cursor; with wait it is held back until something comes', async () => {
  await using system = await engineSystem();
  const from = formatCursor(system.log.head());
  expect((await getPage(system)).body).toEqual({ events: [], from, cursor: from, upToDate: true });
  const waiting = getPage(system, `?cursor=${from}&wait=30&channel=red`);
  await expect.poll(async () => await system.metrics.registry.metrics()).toMatch(/millrace_readers\{.*"poll"\} 1/);
  await system.append('blue', 'not shown');
  await system.append('red', 'one');
  const cursor = formatCursor(system.log.head());
  const { body, headers } = await waiting;
  expect(body).toEqual({ events: [{ type: 'said', text: 'one', cursor }], from, cursor, upToDate: true });
  expect(headers.get('cache-control')).toBe('no-store');
});

test('a wait that ends empty still moves the cursor past events that are not shown', async () => {
  await using system = await engineSystem();
  const from = formatCursor(system.log.head());
  await system.append('blue', 'not shown');
  const { body } = await getPage(system, `?cursor=${from}&channel=red&wait=0.05`);
  expect(body).toEqual({ events: [], from, cursor: formatCursor(system.log.head()), upToDate: true });
});

test('a long history comes in pages that say when they are up to date', async () => {
  await using system = await engineSystem({ log: { tail: { maxRecords: 10 } } });
  await system.append('red', ...Array.from({ length: 600 }, (_, index) => `${index}`));
  const texts: string[] = [];
  let cursor = 'earliest';
  for (let isUpToDate = false; !isUpToDate; ) {
    const { body } = await getPage(system, `?cursor=${cursor}`);
    texts.push(...body.events.map(({ text }) => text));
    ({ cursor, upToDate: isUpToDate } = body);
  }
  expect(texts).toEqual(Array.from({ length: 600 }, (_, index) => `${index}`));
});

test.each([
  ['cursor_expired', (system: EngineSystem) => `${system.log.epoch}.3.abc`],
  ['cursor_future', (system: EngineSystem) => `${system.log.epoch}.999.abc`],
  ['epoch_changed', () => '0123456789abcdef.1.abc'],
])('%s is told on every transport, then the stream goes on from the head', async (reason, cursorOf) => {
  await using system = await engineSystem({
    log: { retention: { maxAgeMs: Infinity, maxEvents: 2, maxBytes: Infinity }, retentionIntervalMs: 5 },
  });
  await system.append('red', '1', '2', '3', '4', '5', '6', '7');
  await expect.poll(() => system.log.trimmed().seq).toBe(5);
  const asked = cursorOf(system);
  const head = formatCursor(system.log.head());
  using plain = await openSocket(system, { query: `?cursor=${asked}` });
  using v1 = await openSocket(system, { query: `?cursor=${asked}`, protocols: ['millrace.v1'] });
  using sse = await openSse(system, { query: `?cursor=${asked}` });
  const page = await getPage(system, `?cursor=${asked}`);
  expect(page).toMatchObject({ status: 410, body: { error: { code: reason, details: { cursor: head } } } });
  await system.append('red', 'after');
  await expect.poll(() => [plain.frames.length, v1.frames.length]).toEqual([2, 3]);
  const reset = { type: 'reset', reason, cursor: head };
  expect(plain.frames).toMatchObject([reset, { text: 'after' }]);
  // hello repeats what was asked for: a client cut off before the reset must be reset again, not resume at the head.
  expect(v1.frames).toMatchObject([{ type: 'hello', cursor: asked }, reset, { type: 'batch', from: head }]);
  await expect.poll(() => sse.text).toContain('"after"');
  expect(sse.text).toContain(`event: hello\nid: ${asked}\n`);
  expect(sse.text).toContain(`event: reset\nid: ${head}\ndata: ${JSON.stringify(reset)}\n\n`);
});

test.each([
  ['?cursor=nonsense', {}, 400, 'invalid_cursor'],
  ['?cursor=a.01.b', {}, 400, 'invalid_cursor'],
  ['?wait=31', {}, 400, 'invalid_request'],
  ['?wait=soon', {}, 400, 'invalid_request'],
  ['?heartbeat=0', {}, 400, 'invalid_request'],
  ['?heartbeat=61', {}, 400, 'invalid_request'],
  ['', { accept: 'text/html' }, 406, 'not_acceptable'],
])('%s with %o is refused with %i %s', async (query, headers, status, code) => {
  await using system = await engineSystem();
  expect(await getPage(system, query, headers)).toMatchObject({ status, body: { error: { code, traceId: 'trace' } } });
});

test('a WebSocket with a bad cursor is refused before the upgrade', async () => {
  await using system = await engineSystem();
  await expect(openSocket(system, { query: '?cursor=nonsense' })).rejects.toBeTruthy();
  expect(system.feeds.readers.size).toBe(0);
});

test('when no more connections fit, the answer is 503 with Retry-After, and a place that is left is given again', async () => {
  await using system = await engineSystem({ admission: { maxConnections: 1 } });
  const first = await openSocket(system);
  const refused = await fetch(system.url, { headers: { accept: 'text/event-stream' } });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  await expect(openSocket(system)).rejects.toBeTruthy();
  first.socket.close();
  await expect.poll(() => system.feeds.readers.size).toBe(0);
  using _again = await openSocket(system);
});

test('when memory is exhausted, the answer is 503', async () => {
  let resident = 0;
  await using system = await engineSystem({ admission: { maxResidentBytes: 1_000, residentBytes: () => resident } });
  resident = 2_000;
  const refused = await fetch(system.url, { headers: { accept: 'text/event-stream' } });
  expect(refused.status).toBe(503);
  resident = 500;
  using _stream = await openSse(system);
});

test.each(['websocket', 'websocket-v1', 'sse'])(
  'a slow %s reader waits in the log, not in memory, and loses nothing',
  async (kind) => {
    await using system = await engineSystem({ log: { tail: { maxRecords: 100 } } });
    const stalled = await openStalled(system, kind);
    using healthy = await openSocket(system);
    const text = 'x'.repeat(1_000);
    for (let batch = 0; batch < 60; batch += 1) {
      await system.append('red', ...Array.from({ length: 200 }, (_, index) => `${batch * 200 + index} ${text}`));
    }
    await expect.poll(() => healthy.frames.length).toBe(12_000);
    const positions = [...system.feeds.readers].map(({ position }) => position.seq).sort((a, b) => a - b);
    expect(positions[1]).toBe(12_000);
    expect(positions[0]).toBeLessThan(12_000);
    const received = await stalled.readOn(12_000);
    expect(received).toEqual(Array.from({ length: 12_000 }, (_, index) => index));
  },
);

test('closing tells WebSockets 1001, ends SSE with a retry time, and answers polls', async () => {
  await using system = await engineSystem();
  using socket = await openSocket(system);
  using sse = await openSse(system);
  await expect.poll(() => sse.text).toContain('hello');
  const page = getPage(system, '?wait=30');
  await expect.poll(async () => await system.metrics.registry.metrics()).toMatch(/millrace_readers\{.*"poll"\} 1/);
  system.feeds.close();
  expect((await socket.closed).code).toBe(1001);
  await expect.poll(() => sse.isEnded).toBe(true);
  expect(sse.text).toMatch(/retry: \d+\n\n$/);
  expect((await page).status).toBe(200);
  expect(system.feeds.readers.size).toBe(0);
  expect(await getPage(system)).toMatchObject({ status: 503, body: { error: { code: 'shutting_down' } } });
});
