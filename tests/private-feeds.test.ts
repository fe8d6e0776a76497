import { describe, expect, test } from 'vitest';
import { getPage, openSocket, openSse, openStalledAt } from './support/feed-peers.ts';
import { privateSystem } from './support/private-system.ts';

type System = Awaited<ReturnType<typeof privateSystem>>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const withToken = (token: string, ...protocols: string[]) => ({ protocols: [...protocols, 'bearer', token] });
const CLOSED_4001 =
  'event: close\ndata: {"type":"close","code":4001,"reason":"the token has expired or was revoked"}\n\n';

/** The ways of a token's end; each must end what is open. */
const ends: readonly [string, (system: System, token: string) => Promise<void>][] = [
  ['expires', async (system) => system.jumpAhead(61_000)],
  [
    'is revoked by its id',
    async ({ authenticator, revocations, clock }, token) => {
      const { tokenId = '' } = await authenticator.verify(token);
      revocations.add({ jti: tokenId }, clock.now());
    },
  ],
  ['is revoked with all of its user', async ({ revocations, clock }) => revocations.add({ sub: 'ada' }, clock.now())],
];

describe.each(ends)('when a token %s', (_, end) => {
  test.each([
    { kind: 'millrace.v1', protocols: ['millrace.v1'] },
    { kind: 'plain', protocols: [] },
  ])('its WebSocket is closed with 4001 within 5 s ($kind)', async ({ protocols }) => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    using client = await openSocket(system, withToken(token, ...protocols));
    await end(system, token);
    const endedAt = performance.now();
    expect(await client.closed).toMatchObject({ code: 4001, reason: 'the token has expired or was revoked' });
    expect(performance.now() - endedAt).toBeLessThan(5_000);
    expect(system.feeds.readers.size).toBe(0);
  });

  test('its server-sent stream ends with the event close within 5 s', async () => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    using stream = await openSse(system, { headers: bearer(token) });
    await expect.poll(() => stream.text).toContain('event: hello');
    await end(system, token);
    await expect.poll(() => stream.isEnded, { timeout: 5_000 }).toBe(true);
    expect(stream.text.endsWith(CLOSED_4001)).toBe(true);
    expect(system.feeds.readers.size).toBe(0);
  });

  test('its waiting page is answered 401 within 5 s', async () => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    const page = getPage(system, '?wait=30', bearer(token));
    await expect.poll(() => system.metrics.registry.getSingleMetricAsString('millrace_readers')).toMatch(/poll"} 1/);
    const endedAt = performance.now();
    await end(system, token);
    expect((await page).status).toBe(401);
    expect(performance.now() - endedAt).toBeLessThan(5_000);
  });

  test('nothing is opened with it any more', async () => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    const before = await getPage(system, '', bearer(token));
    await end(system, token);
    await system.append('p1', 'secret');
    const query = `?cursor=${before.body.cursor}`;
    using client = await openSocket(system, { query, ...withToken(token, 'millrace.v1') });
    expect(await client.closed).toMatchObject({ code: 4001 });
    expect(client.frames).toEqual([]);
    using stream = await openSse(system, { query, headers: bearer(token) });
    expect(stream.response.status).toBe(401);
    expect((await getPage(system, query, bearer(token))).status).toBe(401);
  });

  test.each(['websocket', 'sse'] as const)('the replay that it was good for stops (%s)', async (transport) => {
    await using system = await privateSystem();
    const total = 20_000;
    await system.append('p1', ...Array.from({ length: total }, (_, index) => `${index} ${'x'.repeat(1_000)}`));
    const token = await system.token('ada');
    const peer = await openStalledAt(system, { path: '/ws/projects/p1?cursor=earliest', transport, token });
    await end(system, token);
    await expect.poll(() => system.feeds.readers.size, { timeout: 5_000 }).toBe(0);
    const received = await peer.readUntil('the token has expired or was revoked');
    const events = received.match(/"type":"said"/g)?.length ?? 0;
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(total / 2);
  });
});

describe('who may read', () => {
  test('is who shows a token, wherever a client can put one', async () => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    await system.append('p1', 'one');
    const { ticket } = system.tickets.issue(await system.authenticator.verify(token));
    const ways = [{ query: `?token=${token}` }, { query: `?ticket=${ticket}` }, withToken(token)];
    for (const way of ways) {
      using client = await openSocket(system, way);
      await system.append('p1', 'more');
      await expect.poll(() => client.frames.length).toBe(1);
    }
    using named = await openSocket(system, withToken(token));
    expect(named.socket.protocol).toBe('bearer');
    using v1 = await openSocket(system, { protocols: ['bearer', token, 'millrace.v1'] });
    expect(v1.socket.protocol).toBe('millrace.v1');
    await expect.poll(() => v1.frames[0]?.type).toBe('hello');
  });

  test('without a token is nobody: 4001, or 401', async () => {
    await using system = await privateSystem();
    using client = await openSocket(system);
    expect(await client.closed).toMatchObject({ code: 4001 });
    expect((await openSse(system)).response.status).toBe(401);
    expect((await getPage(system)).status).toBe(401);
    expect(system.feeds.readers.size).toBe(0);
  });

  test('of another project is nobody here: 4003, or 403, and nothing of the project is told', async () => {
    await using system = await privateSystem();
    await system.append('p1', 'secret');
    const token = await system.token('eve', { projects: ['p2'] });
    using client = await openSocket(system, { query: '?cursor=earliest', ...withToken(token, 'millrace.v1') });
    expect(await client.closed).toMatchObject({ code: 4003 });
    expect(client.frames).toEqual([]);
    expect((await openSse(system, { headers: bearer(token) })).response.status).toBe(403);
    const page = await getPage(system, '?cursor=earliest', bearer(token));
    expect(page.status).toBe(403);
    expect(JSON.stringify(page.body)).not.toContain('secret');
  });

  test('reads the own project only, live and in a replay', async () => {
    await using system = await privateSystem();
    await system.append('p1', 'mine');
    await system.append('p2', 'theirs');
    const token = await system.token('ada');
    using client = await openSocket(system, { query: '?cursor=earliest', ...withToken(token) });
    await system.append('p2', 'theirs too');
    await system.append('p1', 'mine too');
    await expect.poll(() => client.frames.map(({ text }) => text)).toEqual(['mine', 'mine too']);
  });
});

describe('a token that is renewed in place', () => {
  async function connected(system: System) {
    const client = await openSocket(system, withToken(await system.token('ada'), 'millrace.v1'));
    return { ...client, auth: (token: unknown) => client.socket.send(JSON.stringify({ type: 'auth', token })) };
  }

  test('keeps the connection open beyond the end of the one before', async () => {
    await using system = await privateSystem({ timings: { heartbeatMs: 20 } });
    using client = await connected(system);
    client.auth(await system.token('ada', { ttlMs: 600_000 }));
    client.socket.send('{"type":"ping"}');
    await expect.poll(() => client.frames.some(({ type }) => type === 'pong')).toBe(true);
    system.jumpAhead(61_000);
    const seen = client.frames.length;
    await expect.poll(() => client.frames.length).toBeGreaterThan(seen + 40);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    system.jumpAhead(600_000);
    expect(await client.closed).toMatchObject({ code: 4001 });
  });

  test.each([
    ['is of another user', 4001, (system: System) => system.token('eve')],
    ['allows more', 1001, (system: System) => system.token('ada', { roles: ['admin'] })],
    ['does not allow the feed', 4003, (system: System) => system.token('ada', { projects: ['p2'] })],
    ['is none', 4001, async () => 'eyJ.not.one'],
    ['is no text', 4001, async () => 7],
  ] as const)('closes it when it %s (%i)', async (_, code, make) => {
    await using system = await privateSystem();
    using client = await connected(system);
    client.auth(await make(system));
    expect(await client.closed).toMatchObject({ code });
  });

  test('holds when another overtakes it', async () => {
    await using system = await privateSystem({ timings: { heartbeatMs: 20 } });
    using client = await connected(system);
    client.auth(await system.token('ada', { ttlMs: 120_000 }));
    client.auth(await system.token('ada', { ttlMs: 600_000 }));
    client.socket.send('{"type":"ping"}');
    await expect.poll(() => client.frames.some(({ type }) => type === 'pong')).toBe(true);
    system.jumpAhead(130_000);
    const seen = client.frames.length;
    await expect.poll(() => client.frames.length).toBeGreaterThan(seen + 40);
  });
});
