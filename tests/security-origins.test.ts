import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JSON_TYPE, rawStatus, type SecurityServers, securityServers, tokenOf } from './support/security-servers.ts';

// Lines 1 and 12 of the security checklist: what a browser may do here, and what it is told.

let servers: SecurityServers;

beforeAll(async () => {
  servers = await securityServers();
});

afterAll(async () => {
  await servers[Symbol.asyncDispose]();
});

describe('1. who may ask from a browser', () => {
  const cookie = async () => `millrace_session=${await tokenOf('ada')}`;

  test('a foreign origin gets no WebSocket, and may change nothing', async () => {
    const headers = { origin: 'http://evil.test', ...JSON_TYPE };
    expect((await fetch(`${servers.local.url}/events`, { method: 'POST', headers, body: '{}' })).status).toBe(403);
    expect((await fetch(`${servers.local.url}/auth/session`, { method: 'POST', headers })).status).toBe(403);
    const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const lines = [
      'GET /stream HTTP/1.1',
      `Host: 127.0.0.1:${servers.local.port}`,
      'Origin: http://evil.test',
      ...upgrade,
      key,
    ];
    expect(await rawStatus(servers.local.port, lines)).toBe(403);
  });

  test.each(['text/event-stream', 'application/json'])(
    'with the cookie a foreign origin reads nothing (%s)',
    async (accept) => {
      const ask = async (origin: string) =>
        fetch(`${servers.open.url}/stream?wait=0`, { headers: { accept, origin, cookie: await cookie() } });
      for (const origin of ['http://evil.test', 'https://dash.test.evil.test', 'https://DASH.test.', 'null']) {
        expect((await ask(origin)).status).toBe(403);
      }
      for (const origin of [servers.open.url, 'https://dash.test']) {
        const answer = await ask(origin);
        expect(answer.status).toBe(200);
        await answer.body?.cancel();
      }
    },
  );

  test('another name for loopback is refused (DNS rebinding)', async () => {
    expect(await rawStatus(servers.local.port, ['GET /events/recent HTTP/1.1', 'Host: evil.test'])).toBe(421);
  });
});

describe('12. headers', () => {
  test.each(['/', '/events/recent', '/nothing-here'])('%s has a strict policy, also in a refusal', async (path) => {
    const { headers } = await fetch(`${servers.open.url}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});
