import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../../engine/clock.ts';
import type { Liveness } from '../../../../protocol/connector.ts';
import { IrcConnector } from './irc-connector.ts';
import { DEFAULT_IRC_TIMINGS } from './irc-timings.ts';

/** Notes the delays that are asked for and lets a hundredth of them pass. */
function quickClock(delays: number[]): Clock {
  return {
    ...systemClock,
    schedule(delayMs, action) {
      if (delayMs !== DEFAULT_IRC_TIMINGS.registerWithinMs || delays.length > 0) delays.push(delayMs);
      return systemClock.schedule(delayMs / 100, action);
    },
  };
}

test('an unreachable server is tried again after 1, 2, 4, 8, 16, then every 30 s, for ever', async () => {
  const closed = await closedPort();
  const delays: number[] = [];
  const failures: string[] = [];
  const liveness: Liveness[] = [];
  await using _connector = new IrcConnector({
    id: 'test',
    settings: {
      server: '127.0.0.1',
      port: closed,
      tls: false,
      nick: 'me',
      other_nicks: [],
      channels: ['#a'],
      capabilities: [],
    },
    clock: quickClock(delays),
    random: () => 0.5,
    timings: { ...DEFAULT_IRC_TIMINGS, registerWithinMs: 1_000_000 },
    deliver: () => {},
    health: {
      liveness: (now) => liveness.push(now),
      failed: (error) => failures.push(error),
    },
  });
  await expect.poll(() => failures.length).toBeGreaterThanOrEqual(8);
  const retries = delays.filter((delay) => delay !== 1_000_000);
  expect(retries.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(liveness).toEqual(['connecting', 'reconnecting']);
  expect(new Set(failures).size).toBe(1);
  expect(failures[0]).toMatch(/^127\.0\.0\.1: .*(?:refused|ECONNREFUSED|connect)/i);
});

/** A port of loopback that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('the server had no port');
  return address.port;
}
