import { expect, test } from 'vitest';
import { createFeedConnection } from '../src/client/feed-connection.ts';
import { openSocket } from './support/feed-peers.ts';
import { privateSystem } from './support/private-system.ts';

test('a client of Millrace that finds its project full comes back when the server says, and then gets in', async () => {
  await using system = await privateSystem({ limits: { perProject: 1 } });
  using occupant = await openSocket(system, { protocols: ['bearer', await system.token('ada')] });
  const texts: unknown[] = [];
  const connection = createFeedConnection({
    url: system.url,
    token: () => system.token('bob'),
    onEvents: (events) => texts.push(...events.map(({ text }) => text)),
  });
  connection.start();
  const waitMs = () => (connection.status().nextRetryAt ?? 0) - connection.now();
  await expect.poll(waitMs).toBeGreaterThan(4_000);
  expect(connection.status().name).toBe('reconnecting');
  occupant.socket.close();
  await expect.poll(() => system.feeds.readers.size).toBe(0);
  await expect.poll(() => connection.status().name).toBe('live');
  await system.append('p1', 'hello');
  await expect.poll(() => texts).toEqual(['hello']);
  connection.stop();
});
