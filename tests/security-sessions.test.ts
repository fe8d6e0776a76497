import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRawWebSocket } from './support/raw-websocket.ts';
import { startRunningTime } from './support/running-time.ts';
import {
  bearerOf,
  JSON_TYPE,
  SECRET,
  type SecuredServer,
  type SecurityServers,
  securityServers,
  startSecured,
  tokenOf,
} from './support/security-servers.ts';

// Lines 3 and 4 of the security checklist: sessions of browsers, and sockets of nobody.

let servers: SecurityServers;

beforeAll(async () => {
  servers = await securityServers();
});

afterAll(async () => {
  await servers[Symbol.asyncDispose]();
});

describe('3. sessions of browsers', () => {
  const signIn = (server: SecuredServer, headers: Record<string, string>, body?: object) =>
    fetch(`${server.url}/auth/session`, {
      method: 'POST',
      headers: { ...headers, ...(body ? JSON_TYPE : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  test('the cookie is HttpOnly and SameSite=Strict, and Secure off loopback', async () => {
    const here = await signIn(servers.local, { origin: servers.local.url });
    expect(here.status).toBe(201);
    const [cookie = ''] = here.headers.getSetCookie();
    expect(cookie).toMatch(/^millrace_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(await here.json()).toMatchObject({ user: 'local', is_admin: true, projects: '*' });
    const there = await signIn(servers.open, {}, { token: await tokenOf('ada') });
    expect(there.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  });

  test('on another address, or without the page of this server, nobody is let in without a token', async () => {
    expect((await signIn(servers.open, { origin: servers.open.url })).status).toBe(401);
    expect((await signIn(servers.local, {})).status).toBe(401);
    expect((await signIn(servers.open, {}, { token: 'wrong' })).status).toBe(401);
  });

  test('signing out ends the session on the server, also for whoever kept the cookie', async () => {
    const answer = await signIn(servers.open, {}, { token: await tokenOf('ada') });
    const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';');
    const who = () => fetch(`${servers.open.url}/auth/session`, { headers: { cookie } });
    expect(await (await who()).json()).toMatchObject({ user: 'ada', is_admin: false });
    const out = await fetch(`${servers.open.url}/auth/session`, {
      method: 'DELETE',
      headers: { cookie, origin: servers.open.url },
    });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^millrace_session=; .*Max-Age=0/);
    expect((await who()).status).toBe(401);
    const again = await fetch(`${servers.open.url}/auth/session`, {
      method: 'DELETE',
      headers: { cookie, origin: servers.open.url },
    });
    expect(again.status).toBe(204);
  });

  test('only an admin revokes, and a revocation survives a restart', async () => {
    const start = () =>
      startSecured(join(servers.folder, 'restarted'), { MILLRACE_JWT_SECRET: SECRET, MILLRACE_HOST: '0.0.0.0' });
    let server = await start();
    const [ada, eve] = [await bearerOf('ada'), await bearerOf('eve')];
    const adaId = JSON.parse(Buffer.from(ada.authorization.split('.')[1] ?? '', 'base64url').toString()).jti;
    const revoke = async (body: object, headers: Record<string, string>) =>
      fetch(`${server.url}/api/v1/tokens/revoke`, {
        method: 'POST',
        headers: { ...headers, ...JSON_TYPE },
        body: JSON.stringify(body),
      });
    const read = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/events/recent`, { headers })).status;
    const stream = await fetch(`${server.url}/stream`, { headers: { ...ada, accept: 'text/event-stream' } });
    expect((await revoke({ jti: adaId }, eve)).status).toBe(403);
    expect((await revoke({ jti: adaId, sub: 'ada' }, await bearerOf('root', { roles: ['admin'] }))).status).toBe(400);
    expect(await read(ada)).toBe(200);
    expect((await revoke({ jti: adaId }, await bearerOf('root', { roles: ['admin'] }))).status).toBe(200);
    expect((await revoke({ sub: 'eve' }, await bearerOf('root', { roles: ['admin'] }))).status).toBe(200);
    expect(await stream.text()).toContain('"code":4001');
    expect([await read(ada), await read(eve), await read(await bearerOf('bob'))]).toEqual([401, 401, 200]);
    await server.stop();
    server = await start();
    expect([await read(ada), await read(eve), await read(await bearerOf('bob'))]).toEqual([401, 401, 200]);
    await server.stop();
    expect(server.output().includes('eyJ')).toBe(false);
  });

  test('a secret that the server makes is kept for its owner alone', async () => {
    const dataDir = join(servers.folder, 'own-secret');
    const server = await startSecured(dataDir);
    await server.stop();
    expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'jwt-secret'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(dataDir).filter((name) => name.includes('secret'))).toEqual(['jwt-secret']);
  });
});

describe('4. sockets of nobody', () => {
  test('are closed within 5 s, also where the peer never answers the close', async () => {
    const lines = [
      'GET /stream HTTP/1.1',
      `Host: 127.0.0.1:${servers.open.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    const socket = connect({ port: servers.open.port, host: '127.0.0.1', allowHalfOpen: true });
    using time = startRunningTime();
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
    });
    const ended = once(socket, 'end');
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await ended;
    expect(time.ms).toBeLessThan(6_000);
    // A close frame with 4001.
    expect(received.includes(Buffer.from([0x0f, 0xa1]))).toBe(true);
    socket.destroy();
  });

  test('are so many of an address at most: more are answered by HTTP, and who is known is let in all the same', async () => {
    const { port } = servers.local;
    const path = '/ws/audit';
    using opened = new DisposableStack();
    const nobody = Array.from({ length: 200 }, () => openRawWebSocket({ port, path }));
    const peers = (await Promise.all(nobody)).map((peer) => opened.use(peer));
    const upgraded = peers.filter(({ status }) => status === 101);
    const refused = peers.filter(({ status }) => status === 429);
    console.info(`200 sockets of nobody: ${upgraded.length} opened and closed, ${refused.length} refused`);
    // 20 at once, and 4 more for each second that the 200 have taken.
    expect(upgraded.length).toBeGreaterThanOrEqual(20);
    expect(upgraded.length).toBeLessThan(100);
    expect(upgraded.length + refused.length).toBe(200);
    expect(refused.every(({ head }) => /^retry-after: 1$/im.test(head))).toBe(true);
    await expect.poll(() => upgraded.every((peer) => peer.closeCode() === 4001)).toBe(true);
    const token = await tokenOf('root', { roles: ['admin'] });
    const known = opened.use(await openRawWebSocket({ port, path, token }));
    expect(known.status).toBe(101);
    await expect.poll(() => known.texts().length).toBeGreaterThan(0);
    expect(known.closeCode()).toBeUndefined();
  });
});
