import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bearerOf,
  closeCodeOf,
  JSON_TYPE,
  rawStatus,
  type SecurityServers,
  securityServers,
  tokenOf,
} from './support/security-servers.ts';

// Lines 2 and 3 of the security checklist: tokens, and where they must not stand.

let servers: SecurityServers;

beforeAll(async () => {
  servers = await securityServers();
});

afterAll(async () => {
  await servers[Symbol.asyncDispose]();
});

/** How every token begins, and the ticket that is sent here. Three letters alone come up in random ids, too. */
const TOKEN = /eyJ[\w-]{6}/;

describe('2. tokens', () => {
  test('that are wrong are refused wherever they stand, whoever forged them', async () => {
    const parts = (await tokenOf('ada')).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      `${none}.${parts[1]}.`,
      `${parts[0]}.${parts[1]}.`,
      await tokenOf('ada', { secret: 'x'.repeat(40) }),
      '..',
      'a.b',
    ];
    for (const one of forged) {
      expect(
        (await fetch(`${servers.open.url}/events/recent`, { headers: { authorization: `Bearer ${one}` } })).status,
      ).toBe(401);
      expect((await fetch(`${servers.open.url}/events/recent?token=${one}`)).status).toBe(401);
      expect(
        (await fetch(`${servers.open.url}/events/recent`, { headers: { cookie: `millrace_session=${one}` } })).status,
      ).toBe(401);
    }
    expect((await fetch(`${servers.open.url}/events/recent`, { headers: await bearerOf('ada') })).status).toBe(200);
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
        const answer = await rawStatus(servers.open.port, [
          `${method} ${path} HTTP/1.1`,
          `Host: 127.0.0.1:${servers.open.port}`,
          'Content-Length: 0',
        ]);
        expect([401, 404], `${method} ${path}`).toContain(answer);
      }
    }
    for (const path of ['//events/recent', '/./events/recent', '/auth/../events/recent', '/healthz/../events/recent']) {
      const answer = await rawStatus(servers.open.port, [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${servers.open.port}`,
      ]);
      expect([401, 404], path).toContain(answer);
    }
    for (const feed of ['/stream', '/live?view=home', '/reconciliation/stream']) {
      expect((await fetch(`${servers.open.url}${feed}`)).status).toBe(401);
      expect(await closeCodeOf(`${servers.open.url}${feed}`)).toBe(4001);
    }
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${servers.open.url}${path}`)).status).toBe(200);
  });
});

describe('3. tokens in logs', () => {
  test('there is none in anything that the servers wrote, nor in the audit trail', async () => {
    const good = await tokenOf('ada');
    const ways = [
      `/stream?token=${good}`,
      `/stream?token=${good}x`,
      `/nothing?token=${good}`,
      `/events/recent?cursor=!&token=${good}`,
      `/stream?ticket=eyJticket`,
    ];
    for (const path of ways) {
      await fetch(`${servers.open.url}${path}`, { headers: { accept: 'application/json' } });
      await fetch(`${servers.open.url}${path}`, { method: 'POST' });
    }
    await closeCodeOf(`${servers.open.url}/stream`, ['bearer', `${good}x`]);
    await fetch(`${servers.open.url}/audit/client-error`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${good}` },
      body: JSON.stringify({
        message: `WebSocket to ws://x/stream?token=${good} failed`,
        url: `http://x/?token=${good}`,
      }),
    });
    await expect.poll(() => servers.open.output()).toContain('a dashboard met an error');
    for (const { output } of [servers.local, servers.open]) expect(output()).not.toMatch(TOKEN);
    expect(servers.open.output()).toContain('request refused');
    expect(readFileSync(join(servers.folder, 'open/millrace.db-wal'), 'latin1')).not.toMatch(TOKEN);
  });
});
