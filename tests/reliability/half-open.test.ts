import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventRequest } from '../../bench/load/events.ts';
import { publishPaced } from '../../bench/load/paced-publisher.ts';
import { ManualClock } from '../../src/engine/manual-clock.ts';
import { SETTINGS } from '../../src/server/settings.ts';
import { engineSystem } from '../support/engine-system.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { openHalfOpen, openSocket } from '../support/feed-peers.ts';
import { showFigures } from '../support/figures.ts';
import { readMetric } from '../support/server-figures.ts';
import { startServerProcess } from '../support/server-process.ts';
import { openStalledReader } from '../support/stalled-reader.ts';
import { swallow, swallowHindrance } from '../support/swallowed-address.ts';

// What a server makes of peers that are gone without a word.

/** PROMISES P11. */
const FREED_WITHIN_MS = 40_000;
/** A hundredth of the defaults, so that a minute is not spent waiting. */
const SHORT = { MILLRACE_WS_PING_MS: '300', MILLRACE_WS_PONG_TIMEOUT_MS: '100' };

test('the server frees the peers that a network has swallowed, and no other', async () => {
  using folder = scratchFolder();
  await using server = await startServerProcess({ dataDir: join(folder.path, 'data'), env: SHORT });
  await using proxy = await startFaultProxy(Number(new URL(server.url).port));
  using healthy = await openSocket({ url: `${server.url}/stream` });
  const lost = [];
  for (const protocols of [['millrace.v1'], [], ['millrace.v1'], []]) {
    lost.push(await openSocket({ url: `${proxy.url}/stream` }, { protocols }));
  }
  const readers = async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^millrace_readers\{feed="observability",transport="websocket"\} (\d+)$/m.exec(metrics)?.[1]);
  };
  await expect.poll(readers).toBe(5);
  const frozenAt = performance.now();
  proxy.freeze();
  expect(proxy.met.frozen).toBe(4);
  await expect.poll(readers, { interval: 10 }).toBe(1);
  const freedMs = Math.round(performance.now() - frozenAt);
  // Nobody has told them: half-open is what they were.
  expect(lost.map(({ socket }) => socket.readyState)).toEqual(lost.map(() => WebSocket.OPEN));
  expect(healthy.socket.readyState).toBe(WebSocket.OPEN);
  for (const { socket } of lost) socket.close();
  showFigures({
    promise: 'P11',
    about: 'half-open peers, at a hundredth of the defaults',
    figures: {
      peers: 4,
      freedMs,
      boundMs: Number(SHORT.MILLRACE_WS_PING_MS) + Number(SHORT.MILLRACE_WS_PONG_TIMEOUT_MS),
    },
  });
});

/** One of this machine's own that nothing else uses. */
const LOST_ADDRESS = '127.77.0.9';
/** A tenth of the defaults, but for the second in which the system looks again. */
const SHORT_SSE = {
  MILLRACE_WS_PING_MS: '3900',
  MILLRACE_WS_PONG_TIMEOUT_MS: '1000',
  MILLRACE_SSE_HEARTBEAT_MS: '1500',
};
const SSE_BOUND_MS = 4_900;
/** More than the system's buffers of a connection hold. */
const FLOOD = { events: 1_200, paddingBytes: 8 * 1024 };

const sseReaders = (url: string) => () => readMetric(url, 'millrace_readers{feed="observability",transport="sse"}');

const hindrance = swallowHindrance();
if (hindrance !== undefined) console.log(`SKIPPED FAULT: a network that swallows what is sent, because ${hindrance}`);

test.skipIf(hindrance)('the server frees the readers of SSE that a network has swallowed, and no other', async () => {
  using folder = scratchFolder();
  await using server = await startServerProcess({ dataDir: join(folder.path, 'data'), env: SHORT_SSE });
  const request = { port: Number(new URL(server.url).port), path: '/stream', transport: 'sse' } as const;
  using healthy = await openStalledReader(request);
  healthy.readOn();
  const lost = [];
  for (let reader = 0; reader < 4; reader += 1) lost.push(await openStalledReader(request, LOST_ADDRESS));
  for (const reader of lost) reader.readOn();
  await expect.poll(sseReaders(server.url)).toBe(5);
  using _network = swallow(LOST_ADDRESS);
  const swallowedAt = performance.now();
  await expect.poll(sseReaders(server.url), { interval: 10 }).toBe(1);
  const freedMs = Math.round(performance.now() - swallowedAt);
  showFigures({
    promise: 'P11',
    about: 'half-open readers of SSE, at about a tenth of the defaults',
    figures: { peers: 4, freedMs, boundMs: SSE_BOUND_MS },
  });
  // Nobody has told them: half-open is what they were.
  expect(lost.map((reader) => reader.hasEnded())).toEqual(lost.map(() => false));
  const bytes = healthy.seen.bytes;
  await expect.poll(() => healthy.seen.bytes).toBeGreaterThan(bytes);
  for (const reader of lost) reader[Symbol.dispose]();
});

test('a reader of SSE that has stopped to read is ended', async () => {
  using folder = scratchFolder();
  await using server = await startServerProcess({ dataDir: join(folder.path, 'data'), env: SHORT_SSE });
  const port = Number(new URL(server.url).port);
  using healthy = await openStalledReader({ port, path: '/stream', transport: 'sse' });
  healthy.readOn();
  using stalled = await openStalledReader({ port, path: '/stream', transport: 'sse' });
  const { events: count, paddingBytes } = FLOOD;
  expect(
    await publishPaced({ port, perSecond: 1_000, count, request: (mark) => eventRequest(mark, paddingBytes) }),
  ).toBe(0);
  await expect.poll(sseReaders(server.url)).toBe(1);
  await expect.poll(() => healthy.seen.marks.length).toBe(count);
  stalled.readOn();
  await expect.poll(() => stalled.hasEnded()).toBe(true);
  const { marks } = stalled.seen;
  expect(marks.length).toBeLessThan(count);
  expect(marks).toEqual(healthy.seen.marks.slice(0, marks.length));
});

test.each([1, 100, 249])(
  'with the defaults a silent peer is freed within 40 s, whenever it came (%i ms)',
  async (phaseMs) => {
    const pingMs = SETTINGS.wsPingMs.schema.parse(undefined);
    const pongTimeoutMs = SETTINGS.wsPongTimeoutMs.schema.parse(undefined);
    const clock = new ManualClock();
    await using system = await engineSystem({ clock, timings: { pingMs, pongTimeoutMs } });
    clock.advance(phaseMs);
    const silent = await openHalfOpen(system);
    await expect.poll(() => system.feeds.readers.size).toBe(1);
    clock.advance(pingMs);
    expect(system.feeds.readers.size).toBe(1);
    clock.advance(FREED_WITHIN_MS - pingMs);
    expect(system.feeds.readers.size).toBe(0);
    silent.socket.destroy();
  },
);

function scratchFolder() {
  const path = mkdtempSync(join(tmpdir(), 'millrace-half-open-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
