import { expect, test } from 'vitest';
import { createFeedConnection } from '../src/client/feed-connection.ts';
import { startFaultProxy } from './support/fault-proxy.ts';
import { proposalsSystem } from './support/proposals-system.ts';

test('a client that comes back after a silent loss takes the place of its own connection', async () => {
  await using system = await proposalsSystem();
  await using proxy = await startFaultProxy(system.port);
  const ann = await system.person('ann');
  using oldest = await ann.watch('/ws/projects/alpha');
  const others = [];
  for (let index = 0; index < 3; index += 1) others.push(await ann.watch('/ws/projects/alpha'));
  const seen: string[] = [];
  const client = createFeedConnection({
    url: `${proxy.url}/api/v1/proposals/alpha.add-login/events?heartbeat=1`,
    transport: 'sse',
    token: async () => ann.token,
    onEvents: (events) => seen.push(...events.map(({ type }) => type)),
  });
  client.start();
  await expect.poll(() => client.status().name).toBe('live');
  const statuses: string[] = [];
  const stop = client.subscribe(() => statuses.push(client.status().name));
  // The server holds the connection for open: to it, all five places are taken.
  proxy.freezeStreams();
  await expect.poll(() => statuses).toContain('reconnecting');
  await expect.poll(() => client.status().name).toBe('live');
  expect((await ann.post('/api/v1/projects/alpha/lock')).status).toBe(200);
  await expect.poll(() => seen).toEqual(['lock_changed']);
  for (const open of [oldest, ...others]) await open.next({ type: 'lock_changed' });
  stop();
  client.stop();
  for (const { socket } of others) socket.close();
});
