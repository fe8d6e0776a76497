import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/engine/manual-clock.ts';
import { SETTINGS } from '../../src/server/settings.ts';
import { engineSystem } from '../support/engine-system.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { openHalfOpen, openSocket } from '../support/feed-peers.ts';
import { showFigures } from '../support/figures.ts';
import { startServerProcess } from '../support/server-process.ts';

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
