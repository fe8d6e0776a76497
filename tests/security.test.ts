import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outputMatching } from '../e2e/start-server.ts';
import type { Role } from '../src/engine/auth/principal.ts';
import { signToken } from '../src/engine/auth/sign-token.ts';

const ROOT = join(import.meta.dirname, '..');
const SECRET = randomBytes(24).toString('hex');

interface Server {
  readonly url: string;
  readonly port: number;
  /** Everything that the process wrote. */
  readonly output: () => string;
  stop(): Promise<void>;
}

async function serve(env: Readonly<Record<string, string>>): Promise<Server> {
  const child = spawn(join(ROOT, 'node_modules/.bin/bun'), ['src/server/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, MILLRACE_PORT: '0', MILLRACE_SELF_CHECK_MS: '0', MILLRACE_LOG_LEVEL: 'trace', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = once(child, 'exit');
  const url = await outputMatching(child, /http:\/\/[\w.[\]:-]+?:\d+/);
  const port = Number(new URL(url).port);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const token = (sub: string, { roles = [] as readonly Role[], ttlMs = 60_000, secret = SECRET } = {}) =>
  signToken(new TextEncoder().encode(secret), { sub, roles, projects: '*', ttlMs, now: Date.now() });
const bearer = async (...args: Parameters<typeof token>) => ({ authorization: `Bearer ${await token(...args)}` });
const JSON_TYPE = { 'content-type': 'application/json' };

/** A request exactly as given; the whole answer until the connection ends. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

const statusOf = (answer: string) => Number(answer.split(' ')[1]);

async function closeCodeOf(url: string, protocols: readonly string[] = []): Promise<number> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), [...protocols]);
  const [event] = (await once(socket, 'close')) as [CloseEvent];
  return event.code;
}

let folder: string;
/** On loopback, with a secret of its own making. */
let local: Server;
/** On every address, where everything needs a token. */
let open: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-security-'));
  local = await serve({ MILLRACE_DATA_DIR: join(folder, 'local'), MILLRACE_JWT_SECRET: SECRET });
  open = await serve({
    MILLRACE_DATA_DIR: join(folder, 'open'),
    MILLRACE_HOST: '0.0.0.0',
    MILLRACE_JWT_SECRET: SECRET,
    MILLRACE_ALLOWED_ORIGINS: 'https://dash.test',
  });
});

afterAll(async () => {
  await Promise.all([local?.stop(), open?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('1. who may ask from a browser', () => {
  const cookie = async () => `millrace_session=${await token('ada')}`;

  test('a foreign origin gets no WebSocket, and may change nothing', async () => {
    const headers = { origin: 'http://evil.test', ...JSON_TYPE };
    expect((await fetch(`${local.url}/events`, { method: 'POST', headers, body: '{}' })).status).toBe(403);
    expect((await fetch(`${local.url}/auth/session`, { method: 'POST', headers })).status).toBe(403);
    const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const lines = [
      'GET /stream HTTP/1.1',
      `Host: 127.0.0.1:${local.port}`,
      'Origin: http://evil.test',
      ...upgrade,
      key,
    ];
    expect(statusOf(await raw(local.port, lines))).toBe(403);
  });

  test.each(['text/event-stream', 'application/json'])(
    'with the cookie a foreign origin reads nothing (%s)',
    async (accept) => {
      const ask = async (origin: string) =>
        fetch(`${open.url}/stream?wait=0`, { headers: { accept, origin, cookie: await cookie() } });
      for (const origin of ['http://evil.test', 'https://dash.test.evil.test', 'https://DASH.test.', 'null']) {
        expect((await ask(origin)).status).toBe(403);
      }
      for (const origin of [open.url, 'https://dash.test']) {
        const answer = await ask(origin);
        expect(answer.status).toBe(200);
        await answer.body?.cancel();
      }
    },
  );

  test('another name for loopback is refused (DNS rebinding)', async () => {
    expect(statusOf(await raw(local.port, ['GET /events/recent HTTP/1.1', 'Host: evil.test']))).toBe(421);
  });
});

describe('2. tokens', () => {
  test('that are wrong are refused wherever they stand, whoever forged them', async () => {
    const parts = (await token('ada')).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      `${none}.${parts[1]}.`,
      `${parts[0]}.${parts[1]}.`,
      await token('ada', { secret: 'x'.repeat(40) }),
      '..',
      'a.b',
    ];
    for (const one of forged) {
      expect((await fetch(`${open.url}/events/recent`, { headers: { authorization: `Bearer ${one}` } })).status).toBe(
        401,
      );
      expect((await fetch(`${open.url}/events/recent?token=${one}`)).status).toBe(401);
      expect(
        (await fetch(`${open.url}/events/recent`, { headers: { cookie: `millrace_session=${one}` } })).status,
      ).toBe(401);
    }
    expect((await fetch(`${open.url}/events/recent`, { headers: await bearer('ada') })).status).toBe(200);
  });

  test('are needed on another address, however a path or a method is written', async () => {
    const paths = [
      '/events/recent',
      '/%65vents/recent',
      '/events/%72ecent',
      '/api/metrics',
      '/metrics',
      '/api/v1/tokens/revoke',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
        const answer = await raw(open.port, [
          `${method} ${path} HTTP/1.1`,
          `Host: 127.0.0.1:${open.port}`,
          'Content-Length: 0',
        ]);
        expect([401, 404], `${method} ${path}`).toContain(statusOf(answer));
      }
    }
    for (const path of ['//events/recent', '/./events/recent', '/auth/../events/recent', '/healthz/../events/recent']) {
      const answer = await raw(open.port, [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${open.port}`]);
      expect([401, 404], path).toContain(statusOf(answer));
    }
    for (const feed of ['/stream', '/live?view=home', '/reconciliation/stream']) {
      expect((await fetch(`${open.url}${feed}`)).status).toBe(401);
      expect(await closeCodeOf(`${open.url}${feed}`)).toBe(4001);
    }
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${open.url}${path}`)).status).toBe(200);
  });
});

describe('3. sessions of browsers', () => {
  const signIn = (server: Server, headers: Record<string, string>, body?: object) =>
    fetch(`${server.url}/auth/session`, {
      method: 'POST',
      headers: { ...headers, ...(body ? JSON_TYPE : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  test('the cookie is HttpOnly and SameSite=Strict, and Secure off loopback', async () => {
    const here = await signIn(local, { origin: local.url });
    expect(here.status).toBe(201);
    const [cookie = ''] = here.headers.getSetCookie();
    expect(cookie).toMatch(/^millrace_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(await here.json()).toMatchObject({ user: 'local', is_admin: true, projects: '*' });
    const there = await signIn(open, {}, { token: await token('ada') });
    expect(there.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  });

  test('on another address, or without the page of this server, nobody is let in without a token', async () => {
    expect((await signIn(open, { origin: open.url })).status).toBe(401);
    expect((await signIn(local, {})).status).toBe(401);
    expect((await signIn(open, {}, { token: 'wrong' })).status).toBe(401);
  });

  test('signing out ends the session on the server, also for whoever kept the cookie', async () => {
    const answer = await signIn(open, {}, { token: await token('ada') });
    const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';');
    const who = () => fetch(`${open.url}/auth/session`, { headers: { cookie } });
    expect(await (await who()).json()).toMatchObject({ user: 'ada', is_admin: false });
    const out = await fetch(`${open.url}/auth/session`, { method: 'DELETE', headers: { cookie, origin: open.url } });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^millrace_session=; .*Max-Age=0/);
    expect((await who()).status).toBe(401);
    const again = await fetch(`${open.url}/auth/session`, { method: 'DELETE', headers: { cookie, origin: open.url } });
    expect(again.status).toBe(204);
  });

  test('only an admin revokes, and a revocation survives a restart', async () => {
    const env = { MILLRACE_DATA_DIR: join(folder, 'restarted'), MILLRACE_JWT_SECRET: SECRET, MILLRACE_HOST: '0.0.0.0' };
    let server = await serve(env);
    const [ada, eve] = [await bearer('ada'), await bearer('eve')];
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
    expect((await revoke({ jti: adaId, sub: 'ada' }, await bearer('root', { roles: ['admin'] }))).status).toBe(400);
    expect(await read(ada)).toBe(200);
    expect((await revoke({ jti: adaId }, await bearer('root', { roles: ['admin'] }))).status).toBe(200);
    expect((await revoke({ sub: 'eve' }, await bearer('root', { roles: ['admin'] }))).status).toBe(200);
    expect(await stream.text()).toContain('"code":4001');
    expect([await read(ada), await read(eve), await read(await bearer('bob'))]).toEqual([401, 401, 200]);
    await server.stop();
    server = await serve(env);
    expect([await read(ada), await read(eve), await read(await bearer('bob'))]).toEqual([401, 401, 200]);
    await server.stop();
    expect(server.output().includes('eyJ')).toBe(false);
  });

  test('a secret that the server makes is kept for its owner alone', async () => {
    const dataDir = join(folder, 'own-secret');
    const server = await serve({ MILLRACE_DATA_DIR: dataDir });
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
      `Host: 127.0.0.1:${open.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    const socket = connect({ port: open.port, host: '127.0.0.1', allowHalfOpen: true });
    const startedAt = performance.now();
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
    });
    const ended = once(socket, 'end');
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await ended;
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    // A close frame with 4001.
    expect(received.includes(Buffer.from([0x0f, 0xa1]))).toBe(true);
    socket.destroy();
  });
});

const POST = { method: 'POST', headers: JSON_TYPE };
const event = { timestamp: '2026-01-01T00:00:00Z', source_app: 'test', event_type: 'Stop' };

describe('5. what clients send', () => {
  const ended = async (messages: readonly string[]) => {
    const socket = new WebSocket(`${local.url.replace('http:', 'ws:')}/stream`);
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[CloseEvent]>;
    for (const message of messages) socket.send(message);
    return { code: (await closed)[0].code, extensions: socket.extensions };
  };

  test('is 64 KiB a message at most, and never deflated', async () => {
    const { code, extensions } = await ended(['x'.repeat(64 * 1024 + 1)]);
    expect([1009, 1006]).toContain(code);
    expect(extensions).toBe('');
  });

  test('is so many messages a second at most, tokens included', async () => {
    const many = Array.from({ length: 400 }, () => '{"type":"auth","token":"x"}');
    expect((await ended(many)).code).toBe(1008);
  });
});

describe('6. filters', () => {
  test('are data: what looks like a pattern is found as it stands, and costs no more', async () => {
    for (const summary of ['aaaa', 'a.* and %_']) {
      expect(
        (await fetch(`${local.url}/events`, { ...POST, body: JSON.stringify({ ...event, summary }) })).status,
      ).toBe(201);
    }
    const found = async (q: string) => {
      const answer = await fetch(`${local.url}/events/recent?q=${encodeURIComponent(q)}`);
      return ((await answer.json()) as { events: { summary: string }[] }).events.map(({ summary }) => summary);
    };
    expect(await found('a.*')).toEqual(['a.* and %_']);
    expect(await found('%')).toEqual(['a.* and %_']);
    expect(await found('(a+)+$')).toEqual([]);
  });
});

describe('7. server-sent events', () => {
  test('are one line of JSON each, whatever is in them', async () => {
    const summary = 'one\r\nevent: close\ndata: forged\n\n\u2028two';
    const posted = await fetch(`${local.url}/events`, { ...POST, body: JSON.stringify({ ...event, summary }) });
    expect(posted.status).toBe(201);
    const stream = await fetch(`${local.url}/stream?cursor=earliest`, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.timeout(10_000),
    });
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.includes('forged')) break;
    }
    expect(text.split(/\r\n|\r|\n/).filter((line) => /^(event: close|id: forged|data: forged)/.test(line))).toEqual([]);
  });
});

describe('8. JSON', () => {
  test('of another kind than data is refused, and changes nothing', async () => {
    const bodies = [
      '{"service":"x","side":"actual","counts":{"__proto__":1}}',
      '{"service":"x","side":"actual","counts":{"constructor":1}}',
      `{"service":"x","side":"actual","counts":{"a":1},"more":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    ];
    for (const body of bodies) {
      expect((await fetch(`${local.url}/reconciliation/reports`, { ...POST, body })).status, body.slice(0, 80)).toBe(
        400,
      );
    }
    const large = await fetch(`${local.url}/events`, { ...POST, body: `{"x":"${'y'.repeat(2 * 1024 * 1024)}"}` });
    expect(large.status).toBe(413);
  });
});

describe('12. headers', () => {
  test.each(['/', '/events/recent', '/nothing-here'])('%s has a strict policy, also in a refusal', async (path) => {
    const { headers } = await fetch(`${open.url}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

// The last: it looks at what the servers wrote during all that is above.
describe('3. tokens in logs', () => {
  test('there is none in anything that the servers wrote, nor in the audit trail', async () => {
    const good = await token('ada');
    const ways = [
      `/stream?token=${good}`,
      `/stream?token=${good}x`,
      `/nothing?token=${good}`,
      `/events/recent?cursor=!&token=${good}`,
      `/stream?ticket=eyJticket`,
    ];
    for (const path of ways) {
      await fetch(`${open.url}${path}`, { headers: { accept: 'application/json' } });
      await fetch(`${open.url}${path}`, { method: 'POST' });
    }
    await closeCodeOf(`${open.url}/stream`, ['bearer', `${good}x`]);
    await fetch(`${open.url}/audit/client-error`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${good}` },
      body: JSON.stringify({
        message: `WebSocket to ws://x/stream?token=${good} failed`,
        url: `http://x/?token=${good}`,
      }),
    });
    await expect.poll(() => open.output()).toContain('a dashboard met an error');
    for (const { output } of [local, open]) expect(output().includes('eyJ')).toBe(false);
    expect(open.output()).toContain('request refused');
    expect(readFileSync(join(folder, 'open/millrace.db-wal')).includes('eyJ')).toBe(false);
  });
});
