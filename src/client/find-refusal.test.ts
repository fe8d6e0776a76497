import { describe, expect, it } from 'vitest';
import type { FeedConnectionOptions } from './feed-connection.ts';
import { liveScene, scene } from './testing/connection-scene.ts';

describe('a WebSocket that never opened', () => {
  const answer = (status: number, headers: Record<string, string> = {}) => new Response('', { status, headers });

  async function refusedScene(respond: () => Response, options: Partial<FeedConnectionOptions> = {}) {
    const it = scene({ url: '/ws/projects/p1', ...options });
    it.environment.respond = respond;
    it.connection.start();
    await it.environment.settle();
    it.socket().end(1006);
    await it.environment.settle();
    return it;
  }

  it('asks the same URL by HTTP why, once, with its token', async () => {
    const { environment } = await refusedScene(() => answer(404), { token: async () => 'a-token' });
    expect(environment.requests).toEqual(['http://millrace.test/ws/projects/p1?cursor=latest']);
    expect(environment.headers).toEqual([{ authorization: 'Bearer a-token', accept: 'application/json' }]);
  });

  it.each([401, 403])('stops where the answer is %i', async (status) => {
    const { name } = await refusedScene(() => answer(status));
    expect(name()).toBe('unauthorized');
  });

  it('waits as long as a full server says, then tries again', async () => {
    const { environment, connection, name } = await refusedScene(() => answer(503, { 'retry-after': '20' }));
    environment.chance = 0;
    expect(name()).toBe('reconnecting');
    expect(connection.status().nextRetryAt).toBeGreaterThanOrEqual(20_000);
    await environment.advance(19_999);
    expect(environment.sockets).toHaveLength(1);
    await environment.advance(5_000);
    expect(environment.sockets).toHaveLength(2);
  });

  it.each([
    ['nothing more', () => answer(200)],
    ['no time', () => answer(503)],
    ['a time that is none', () => answer(503, { 'retry-after': 'soon' })],
  ])('goes on as before where the answer says %s', async (_, respond) => {
    const { environment } = await refusedScene(respond);
    await environment.advance(1_300);
    expect(environment.sockets).toHaveLength(2);
  });

  it('hears of no answer that comes after it was stopped, or after the next try began', async () => {
    const { connection, environment, name } = scene();
    environment.respond = () => answer(401);
    connection.start();
    await environment.settle();
    environment.sockets[0]?.end(1006);
    connection.reconnect();
    await environment.settle();
    expect(name()).toBe('reconnecting');
    environment.sockets[1]?.end(1006);
    connection.stop();
    await environment.settle();
    expect(name()).toBe('reconnecting');
  });

  it('asks nothing where the stream had opened, or where a close code says why', async () => {
    const { environment, socket } = await liveScene();
    environment.requests.length = 0;
    socket().end(1006);
    await environment.settle();
    expect(environment.requests).toEqual([]);
    const other = scene();
    other.connection.start();
    await other.environment.settle();
    other.socket().end(4001);
    await other.environment.settle();
    expect(other.environment.requests).toEqual([]);
  });
});
