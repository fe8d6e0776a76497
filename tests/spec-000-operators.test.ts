import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../src/engine/auth/sign-token.ts';
import { closeCodeOf, SECRET, type SecurityServers, securityServers } from './support/security-servers.ts';

// PROMISES P10: alerts and counts tell of every project, so nobody reads them who may not see every project.

let servers: SecurityServers;

beforeAll(async () => {
  servers = await securityServers();
});

afterAll(async () => {
  await servers[Symbol.asyncDispose]();
});

const token = (
  sub: string,
  more: { readonly roles?: readonly 'admin'[]; readonly projects: '*' | readonly string[] },
) => signToken(new TextEncoder().encode(SECRET), { sub, roles: [], ttlMs: 60_000, now: Date.now(), ...more });

const PATHS = ['/api/ops', '/api/ops/timeline?range=1h', '/api/ops/ingestion', '/api/alerts', '/ops/stream'];

describe('the command center on another address than loopback', () => {
  test.each(PATHS)('%s is for those who may see every project', async (path) => {
    const statusFor = async (bearer: string) => {
      const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
      return (await fetch(servers.open.url + path, { headers })).status;
    };
    expect(await statusFor(await token('vic', { projects: ['p1'] }))).toBe(403);
    expect(await statusFor(await token('ada', { roles: ['admin'], projects: [] }))).toBe(200);
    expect(await statusFor(await token('ops', { projects: '*' }))).toBe(200);
  });

  test('closes a stream to anybody else with 4003', async () => {
    const bearer = await token('vic', { projects: ['p1'] });
    expect(await closeCodeOf(`${servers.open.url}/ops/stream`, ['bearer', bearer])).toBe(4003);
  });

  test('is open on loopback, as the other open surfaces', async () => {
    expect((await fetch(`${servers.local.url}/api/ops`)).status).toBe(200);
  });
});
