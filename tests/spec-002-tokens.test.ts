import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';
import { startRunningTime } from './support/running-time.ts';

// specs/002: a connection lives as long as its token. The server is a process of its own; tokens end by the wall clock.

const PROJECT = '/ws/projects/alpha';
const PROPOSAL = '/api/v1/proposals/alpha.add-login';
const FEED = `${PROPOSAL}/events`;
const LIMIT_MS = 5_000;
const CLOSED = { type: 'close', code: 4001, reason: 'the token has expired or was revoked' };

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

const timeOf = (token: string) => (decodeJwt(token).exp ?? 0) * 1_000;

async function revoke(body: object): Promise<number> {
  const admin = await system.person('root', ['admin']);
  expect((await admin.post('/api/v1/tokens/revoke', body)).status).toBe(200);
  return Date.now();
}

/** The ways of a token's end; each gives the time of it. */
const ends = [
  { way: 'expires', sub: 'exa', ttlMs: 2_000, end: async (token: string) => timeOf(token) },
  {
    way: 'is revoked by its id',
    sub: 'reva',
    ttlMs: 60_000,
    end: (token: string) => revoke({ jti: decodeJwt(token).jti }),
  },
  { way: 'is revoked with all of its user', sub: 'revo', ttlMs: 60_000, end: () => revoke({ sub: 'revo' }) },
];

describe.each(ends)('when a token $way', ({ sub, ttlMs, end }) => {
  test('WebSocket, server-sent stream and waiting page end within 5 s, and nothing opens with it', async () => {
    const token = await system.token(sub, { roles: ['viewer'], projects: ['alpha'], ttlMs });
    const holder = system.holder(token);
    using socket = await holder.watch(PROJECT);
    using stream = await holder.listen(FEED);
    const page = holder.get(`${FEED}?wait=30`, { accept: 'application/json' });
    const metrics = () => fetch(`${system.url}/metrics`).then((answer) => answer.text());
    await expect.poll(metrics).toContain('millrace_readers{feed="proposal",transport="poll"} 1');

    const over = Promise.all([socket.closed, stream.ended, page]);
    const endsAt = await end(token);
    const leftMs = Math.max(0, endsAt - Date.now());
    using time = startRunningTime();
    const [closed, , answer] = await over;
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
    expect(time.ms - leftMs).toBeLessThan(LIMIT_MS);
    expect(closed).toMatchObject({ code: 4001, reason: CLOSED.reason });
    expect(stream.received.at(-1)).toMatchObject({ name: 'close', data: CLOSED });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
    await expect.poll(metrics).not.toMatch(/millrace_readers\{.*(project|proposal).*\} [1-9]/);

    using again = await holder.watch(PROJECT, 'earliest');
    expect((await again.closed).code).toBe(4001);
    expect(again.frames).toEqual([]);
    for (const accept of ['text/event-stream', 'application/json']) {
      expect((await holder.get(FEED, { accept })).status).toBe(401);
    }
  });
});

describe('a token that is renewed in place', () => {
  test('keeps the WebSocket open beyond the end of the one before', async () => {
    const first = await system.token('ada', { ttlMs: 2_000 });
    const ada = system.holder(first);
    using renewed = await ada.watch(PROJECT);
    using other = await ada.watch(PROJECT);
    renewed.socket.send(JSON.stringify({ type: 'auth', token: await system.token('ada') }));
    // Deadlines are looked at in the order of the connections: what ends with the first token ends after the look at the renewed one.
    expect((await other.closed).code).toBe(4001);
    expect(Date.now()).toBeGreaterThanOrEqual(timeOf(first));
    renewed.socket.send('{"type":"ping"}');
    await renewed.next({ type: 'pong' });
    const bob = await system.person('bob');
    expect((await bob.post('/api/v1/projects/alpha/lock')).status).toBe(200);
    await renewed.next({ type: 'lock_changed', actor: 'bob' });
    await bob.call('DELETE', '/api/v1/projects/alpha/lock');
  });

  test('a stream that cannot be renewed goes on at its position with another token', async () => {
    const ada = system.holder(await system.token('ada', { ttlMs: 2_000 }));
    using first = await ada.listen(FEED);
    await first.ended;
    const author = await system.person('ann');
    expect((await author.call('PATCH', `${PROPOSAL}/status`, { status: 'review' })).status).toBe(200);
    const lastId = first.received.findLast(({ id }) => id !== undefined)?.id ?? '';
    using second = await (await system.person('ada')).listen(FEED, lastId);
    await second.next(({ name }) => name === 'proposal_status_changed');
    expect(second.received.map(({ name }) => name)).toEqual(['hello', 'proposal_status_changed']);
  });

  test.each([
    ['is of another user', 4001, () => system.token('eve')],
    ['does not allow the feed', 4003, () => system.token('ada', { projects: ['beta'] })],
    ['allows more', 1001, () => system.token('ada', { roles: ['admin'] })],
    ['has expired', 4001, () => system.token('ada', { ttlMs: -10_000 })],
    ['is none', 4001, async () => 'eyJ.not.one'],
  ])('closes it when it %s (%i)', async (_, code, make) => {
    using ada = await (await system.person('ada')).watch(PROJECT);
    ada.socket.send(JSON.stringify({ type: 'auth', token: await make() }));
    expect((await ada.closed).code).toBe(code);
  });
});
