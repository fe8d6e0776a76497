import { describe, expect, test } from 'vitest';
import { startServer } from '../e2e/start-server.ts';
import { createFeedConnection } from '../src/client/feed-connection.ts';
import { postEvent } from './support/stream-client.ts';

describe('the client and a real server', () => {
  test.each(['websocket', 'sse'] as const)(
    '%s: joins, receives, and continues after a pause without a gap',
    async (transport) => {
      await using server = await startServer();
      const received: number[] = [];
      const connection = createFeedConnection({
        url: `${server.url}/stream`,
        transport,
        onEvents: (events) => received.push(...events.map(({ data }) => (data as { id: number }).id)),
      });
      const isLive = () => expect.poll(() => connection.status().name).toBe('live');
      connection.start();
      try {
        await isLive();
        await postEvent(server.url);
        await postEvent(server.url);
        await expect.poll(() => received).toEqual([1, 2]);
        connection.pause();
        await postEvent(server.url);
        connection.resume();
        await isLive();
        await postEvent(server.url);
        await expect.poll(() => received).toEqual([1, 2, 3, 4]);
      } finally {
        connection.stop();
      }
    },
  );

  test.each(['websocket', 'sse'] as const)(
    '%s: a token does not stand in the way of a feed that asks for none',
    async (transport) => {
      await using server = await startServer();
      const connection = createFeedConnection({
        url: `${server.url}/stream`,
        transport,
        token: async () => 'header.payload.signature',
        onEvents: () => {},
      });
      connection.start();
      try {
        await expect.poll(() => connection.status().name).toBe('live');
      } finally {
        connection.stop();
      }
    },
  );
});
