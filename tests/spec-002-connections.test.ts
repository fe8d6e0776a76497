import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../src/engine/auth/sign-token.ts';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';
import { openRawWebSocket } from './support/raw-websocket.ts';

// specs/002 "WebSocket Connection Management". The server is a process of its own; what it pings, it pings often.

const PATH = '/ws/projects/alpha';
const PROPOSAL_EVENTS = '/api/v1/proposals/alpha.add-login/events';

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem({ env: { MILLRACE_WS_PING_MS: '200', MILLRACE_WS_PONG_TIMEOUT_MS: '2000' } });
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

/** What a test tells of, for those who are connected: the project is locked and unlocked again. */
async function happen(project = 'alpha'): Promise<void> {
  const admin = await system.person('root', ['admin']);
  for (const method of ['POST', 'DELETE']) {
    expect((await admin.call(method, `/api/v1/projects/${project}/lock`, {})).status).toBe(200);
  }
}

describe('Establish WebSocket connection', () => {
  test('a member with a valid token is connected, as its user and in its project alone', async () => {
    const ann = await system.person('ann');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    const connected = async (project: string) => (await ann.get(`/api/v1/projects/${project}`)).body.connected;
    {
      using watching = await vic.watch(PATH);
      await expect.poll(() => connected('alpha')).toEqual(['vic']);
      expect(await connected('beta')).toEqual([]);
      await happen('beta');
      await happen('alpha');
      await watching.next({ reason: 'unlocked' });
      expect(watching.frames).toMatchObject([
        { type: 'lock_changed', project_id: 'alpha', reason: 'locked', actor: 'root' },
        { type: 'lock_changed', project_id: 'alpha', reason: 'unlocked', actor: 'root' },
      ]);
    }
    await expect.poll(() => connected('alpha')).toEqual([]);
  });

  test('wherever a client can put its token: subprotocol, header, query, ticket and cookie', async () => {
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    const address = `${system.url.replace('http:', 'ws:')}${PATH}`;
    const { ticket } = (await vic.post('/auth/ticket')).body;
    const origin = system.url;
    const cookie = `millrace_session=${vic.token}`;
    // The runtime's WebSocket takes headers as well, which a browser's doesn't.
    const withHeaders = (headers: Record<string, string>) => new WebSocket(address, { headers } as unknown as string[]);
    const sockets = [
      new WebSocket(address, ['bearer', vic.token]),
      withHeaders({ authorization: `Bearer ${vic.token}` }),
      new WebSocket(`${address}?token=${vic.token}`),
      new WebSocket(`${address}?ticket=${ticket}`),
      withHeaders({ cookie, origin }),
    ];
    const told = sockets.map(
      (socket) =>
        new Promise<string>((resolve, reject) => {
          socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)).type);
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        }),
    );
    const metrics = () => fetch(`${system.url}/metrics`).then((answer) => answer.text());
    await expect.poll(metrics).toContain('millrace_readers{feed="project",transport="websocket"} 5');
    await happen();
    expect(await Promise.all(told)).toEqual(Array.from({ length: 5 }, () => 'lock_changed'));
    for (const socket of sockets) socket.close();
  });
});

describe('WebSocket authentication', () => {
  const claims = { sub: 'eve', roles: ['admin'], projects: '*', ttlMs: 60_000, now: Date.now() } as const;
  const unsigned = (payload: object) =>
    `${[{ alg: 'none' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  const secret = Buffer.from('a secret of at least thirty-two bytes');

  test('without a token: 4001, and by request 401', async () => {
    using nobody = await openRawWebSocket({ port: system.port, path: PATH });
    expect(nobody.status).toBe(101);
    await expect.poll(nobody.closeCode).toBe(4001);
    expect(nobody.texts()).toEqual([]);
    for (const accept of ['text/event-stream', 'application/json']) {
      expect((await fetch(`${system.url}${PROPOSAL_EVENTS}`, { headers: { accept } })).status).toBe(401);
    }
  });

  test.each([
    ['is none', async () => 'eyJ.not.one'],
    ['is signed with another secret', () => signToken(randomBytes(32), claims)],
    ['is signed by nobody', async () => unsigned({ ...claims, exp: Math.floor(Date.now() / 1_000) + 60 })],
    ['has expired', () => system.token('eve', { ttlMs: -10_000 })],
    [
      'names no user',
      () => new SignJWT({ roles: ['admin'] }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1m').sign(secret),
    ],
    ['never ends', () => new SignJWT({ sub: 'eve' }).setProtectedHeader({ alg: 'HS256' }).sign(secret)],
  ])('with a token that %s: 4001, and by request 401', async (_, make) => {
    const eve = system.holder(await make());
    using socket = await eve.watch(PATH, 'earliest');
    expect((await socket.closed).code).toBe(4001);
    expect(socket.frames).toEqual([]);
    for (const accept of ['text/event-stream', 'application/json']) {
      expect((await eve.get(PROPOSAL_EVENTS, { accept })).status).toBe(401);
    }
  });

  test('with a token of another project: 4003, and by request 403', async () => {
    const bea = await system.person('bea', ['author', 'reviewer'], ['beta']);
    using socket = await bea.watch(PATH, 'earliest');
    expect((await socket.closed).code).toBe(4003);
    expect(socket.frames).toEqual([]);
    for (const accept of ['text/event-stream', 'application/json']) {
      expect((await bea.get(PROPOSAL_EVENTS, { accept })).status).toBe(403);
    }
    using own = await bea.watch('/ws/projects/beta');
    await happen('beta');
    await own.next({ type: 'lock_changed' });
  });
});

describe('Connection heartbeat', () => {
  test('the server pings, closes a peer that does not answer, and keeps the one that does', async () => {
    const { token } = await system.person('vic', ['viewer'], ['alpha']);
    using answering = await openRawWebSocket({ port: system.port, path: PATH, token, answersPings: true });
    using silent = await openRawWebSocket({ port: system.port, path: PATH, token });
    expect([answering.status, silent.status]).toEqual([101, 101]);
    await expect.poll(silent.closeCode).toBe(4007);
    await expect.poll(silent.isEnded).toBe(true);
    expect(silent.pings()).toBeGreaterThan(0);
    const answered = answering.pings();
    await expect.poll(answering.pings).toBeGreaterThan(answered);
    await happen();
    await expect.poll(() => answering.texts().join()).toContain('lock_changed');
    expect(answering.closeCode()).toBeUndefined();
  });
});
