import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type RunningServer, startServer } from '../../e2e/start-server.ts';
import type { Role } from '../../src/engine/auth/principal.ts';
import { signToken } from '../../src/engine/auth/sign-token.ts';

/** What the servers' tokens are signed with. */
export const SECRET = randomBytes(24).toString('hex');
export const JSON_TYPE = { 'content-type': 'application/json' };

export type SecuredServer = Pick<RunningServer, 'url' | 'port' | 'output' | 'stop'>;
export type SecurityServers = Awaited<ReturnType<typeof securityServers>>;

/** A server as a process of its own that logs all it can. */
export async function startSecured(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SecuredServer> {
  const server = await startServer({ dataDir, env: { MILLRACE_LOG_LEVEL: 'trace', ...env } });
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** Two servers; as they end, no token may stand in anything that they wrote. */
export async function securityServers(env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-security-'));
  const shared = { MILLRACE_JWT_SECRET: SECRET, ...env };
  const [local, open] = await Promise.all([
    startSecured(join(folder, 'local'), shared),
    startSecured(join(folder, 'open'), {
      ...shared,
      MILLRACE_HOST: '0.0.0.0',
      MILLRACE_ALLOWED_ORIGINS: 'https://dash.test',
    }),
  ]);
  return {
    folder,
    /** On loopback. */
    local,
    /** On every address, where everything needs a token. */
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all([local.stop(), open.stop()]);
      rmSync(folder, { recursive: true, force: true });
      for (const { output } of [local, open]) expect(output().includes('eyJ')).toBe(false);
    },
  };
}

/** Good for a minute and all projects, unless it is said otherwise. */
export const tokenOf = (sub: string, { roles = [] as readonly Role[], ttlMs = 60_000, secret = SECRET } = {}) =>
  signToken(new TextEncoder().encode(secret), { sub, roles, projects: '*', ttlMs, now: Date.now() });

export const bearerOf = async (...args: Parameters<typeof tokenOf>) => ({
  authorization: `Bearer ${await tokenOf(...args)}`,
});

/** A request exactly as given; the status of its answer. */
export async function rawStatus(port: number, lines: readonly string[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return Number(text.split(' ')[1]);
}

/** The code that a WebSocket is closed with. */
export async function closeCodeOf(url: string, protocols: readonly string[] = []): Promise<number> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), [...protocols]);
  const [event] = (await once(socket, 'close')) as [CloseEvent];
  return event.code;
}
