import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outputMatching, startServer } from '../e2e/start-server.ts';

const ROOT = join(import.meta.dirname, '..');
/** The command as npm installs it: run by Node, which starts Bun. */
const COMMAND = join(ROOT, 'bin/millrace.mjs');

let folder: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGTERM');
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn('node', [COMMAND, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
  children.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    return { code: code as number | null, ...output };
  });
  return { child, ended };
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { child, ended } = start(args, env);
  child.stdin.end();
  return ended;
}

function eventLines(from: number, to: number): string {
  const lines = [];
  for (let number = from; number <= to; number += 1) {
    const event = {
      timestamp: '2025-10-21T10:30:45.123Z',
      source_app: 'cli',
      event_type: 'Stop',
      summary: `n${number}`,
    };
    lines.push(`${JSON.stringify(event)}\n`);
  }
  return lines.join('');
}

async function total(url: string): Promise<number> {
  return ((await (await fetch(`${url}/events/recent?limit=1`)).json()) as { total: number }).total;
}

/** The numbers of the events that `tail --json` printed. */
function numbersOf(stdout: string): number[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => Number((JSON.parse(line) as { data: { summary: string } }).data.summary.slice(1)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test.each([
  [[]],
  [['serve']],
  [['publish']],
  [['tail']],
  [['connect']],
  [['connect', 'irc']],
  [['conformance']],
  [['token']],
  [['backup']],
  [['restore']],
  [['doctor']],
  [['dev-model']],
])('%j --help explains and exits 0', async (args) => {
  const { code, stdout } = await run([...args, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: millrace');
});

test.each([
  [['nothing-like-that']],
  [['tail', '--cursor', 'x']],
  [['tail', '--transport', 'pigeon']],
  [['publish', '--url', 'ftp://x']],
  [['publish', '--batch-events', '0']],
  [['conformance']],
  [['conformance', 'nonsense']],
  [['conformance', 'http://127.0.0.1:1', '--spec', '004,7']],
  [['conformance', 'http://127.0.0.1:1', '--patience', '0']],
  [['token']],
  [['token', '--user', 'ada', '--role', 'wizard']],
  [['token', '--user', 'ada', '--ttl', '7']],
  [['token', '--user', 'ada', '--ttl', '400d']],
  [['backup']],
  [['restore', 'one', 'two']],
  [['doctor', '--unknown']],
  [['dev-model', '--port', 'x']],
])('%j is a usage error: exit code 2', async (args) => {
  const { code, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: /);
});

test('serve takes flags over the environment, and ends with 0 on SIGTERM', async () => {
  const { child, ended } = start(['serve', '--port', '0', '--data-dir', folder], { MILLRACE_PORT: 'nonsense' });
  const url = await outputMatching(child, /http:\/\/127\.0\.0\.1:\d+/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

test('serve tells a wrong flag in one line and exits 1', async () => {
  const { code, stderr } = await run(['serve', '--port', 'abc', '--data-dir', folder]);
  expect(code).toBe(1);
  expect(stderr).toBe('millrace: MILLRACE_PORT is "abc": it must be a whole number from 0 to 65535\n');
});

test('publish sends a file in order, leaves bad lines out and names them', async () => {
  await using server = await startServer();
  const file = join(folder, 'events.ndjson');
  writeFileSync(file, `${eventLines(1, 3)}{"source_app":"cli"}\n${eventLines(4, 5)}{broken\n`);
  const { code, stdout, stderr } = await run(['publish', file, '--json', '--url', server.url]);
  expect(code).toBe(1);
  expect(stderr).toContain('line 4 refused: timestamp: is required');
  expect(stderr).toContain('line 7 refused: invalid JSON');
  expect(JSON.parse(stdout)).toMatchObject({
    accepted: 5,
    first_id: 1,
    last_id: 5,
    refused: [{ place: 'line 4' }, { place: 'line 7' }],
  });
  expect(await total(server.url)).toBe(5);
});

test('publish reads standard input, and under the same key stores nothing twice', async () => {
  await using server = await startServer();
  for (let time = 0; time < 2; time += 1) {
    const { child, ended } = start(['publish', '--key', 'import-1', '--batch-events', '40', '--url', server.url]);
    child.stdin.end(eventLines(1, 100));
    expect(await ended).toMatchObject({ code: 0 });
  }
  expect(await total(server.url)).toBe(100);
});

test('publish fails when there is no server, no endpoint and no file', async () => {
  await using server = await startServer();
  const file = join(folder, 'events.ndjson');
  writeFileSync(file, eventLines(1, 1));
  const none = await run(['publish', file, '--retries', '0', '--url', 'http://127.0.0.1:1']);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('given up') });
  const nowhere = await run(['publish', file, '--path', '/nowhere', '--url', server.url]);
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('HTTP 404') });
  expect(await run(['publish', join(folder, 'missing')])).toMatchObject({ code: 1 });
});

test('publish survives a server killed and started again: everything is stored, nothing twice', async () => {
  const dataDir = join(folder, 'data');
  const first = await startServer({ dataDir });
  const file = join(folder, 'events.ndjson');
  writeFileSync(file, eventLines(1, 6_000));
  const args = ['publish', file, '--batch-events', '25', '--json', '--url', first.url];
  const { child, ended } = start(args);
  while ((await total(first.url)) < 500) await new Promise((resolve) => setImmediate(resolve));
  await first.stop('SIGKILL');
  await outputMatching(child, /again in/);
  await using second = await startServer({ dataDir, port: first.port });
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 6_000, refused: [] });
  expect(await total(second.url)).toBe(6_000);
  const { stdout: history } = await run([
    'tail',
    '--cursor',
    'earliest',
    '--count',
    '6000',
    '--json',
    '--url',
    second.url,
  ]);
  expect(numbersOf(history)).toEqual(range(1, 6_000));
});

test.each(['ws', 'sse', 'poll'])('tail over %s resumes over a restart without a gap or a repeat', async (transport) => {
  const dataDir = join(folder, 'data');
  const first = await startServer({ dataDir });
  const file = join(folder, 'events.ndjson');
  const publish = async (url: string, from: number, to: number) => {
    writeFileSync(file, eventLines(from, to));
    expect((await run(['publish', file, '--url', url])).code).toBe(0);
  };
  await publish(first.url, 1, 300);
  const args = [
    'tail',
    '--transport',
    transport,
    '--cursor',
    'earliest',
    '--count',
    '600',
    '--json',
    '--url',
    first.url,
  ];
  const { child, ended } = start(args);
  await outputMatching(child, /"n300"/);
  await first.stop();
  await outputMatching(child, /again in/);
  await using second = await startServer({ dataDir, port: first.port });
  await publish(second.url, 301, 600);
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(numbersOf(stdout)).toEqual(range(1, 600));
});

test('tail ends on SIGINT with the cursor from which the next one goes on', async () => {
  await using server = await startServer();
  const file = join(folder, 'events.ndjson');
  const { child, ended } = start(['tail', '--url', server.url]);
  await outputMatching(child, /connected at/);
  writeFileSync(file, eventLines(1, 2));
  const seen = outputMatching(child, /n2/);
  await run(['publish', file, '--url', server.url]);
  await seen;
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(0);
  expect(stdout).toBe('10:30:45.123 cli Stop n1\n10:30:45.123 cli Stop n2\n');
  const cursor = /resume with --cursor (\S+)/.exec(stderr)?.[1] ?? '';
  writeFileSync(file, eventLines(3, 4));
  await run(['publish', file, '--url', server.url]);
  const next = await run(['tail', '--cursor', cursor, '--count', '2', '--json', '--url', server.url]);
  expect(numbersOf(next.stdout)).toEqual([3, 4]);
});

test('tail says when events are missing, and fails for a feed that is none', async () => {
  await using server = await startServer();
  const other = start(['tail', '--cursor', 'other.5.tag', '--json', '--count', '1', '--url', server.url]);
  await outputMatching(other.child, /events are missing here \(epoch_changed\)/);
  const { child, ended } = start(['publish', '--url', server.url]);
  child.stdin.end(eventLines(1, 1));
  await ended;
  const { stdout } = await other.ended;
  const [reset, event] = stdout.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
  expect(reset).toMatchObject({ type: 'reset', reason: 'epoch_changed' });
  expect(event).toMatchObject({ type: 'event', data: { summary: 'n1' } });
  for (const transport of ['ws', 'sse', 'poll']) {
    const none = await run(['tail', '/nowhere', '--transport', transport, '--url', server.url]);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('HTTP 404') });
  }
});

test('doctor finds a fit machine fit, and a taken port not', async () => {
  const fit = await run(['doctor', '--json', '--port', '0', '--data-dir', folder]);
  expect(fit.code).toBe(0);
  const { ok, checks } = JSON.parse(fit.stdout) as { ok: boolean; checks: { name: string; verdict: string }[] };
  expect(ok).toBe(true);
  expect(checks.map(({ name }) => name)).toEqual([
    'runtime',
    'SQLite',
    'data folder',
    'disk space',
    'disk fsync',
    'database',
    'port',
  ]);
  const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hi') });
  const { code, stdout } = await run(['doctor', '--port', `${taken.port}`, '--data-dir', folder]);
  await taken.stop(true);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^fail port .*another program listens.*\n +-> stop it/m);
});

test('token makes a token that a server with the same data folder takes', async () => {
  await using server = await startServer({ dataDir: folder });
  const rights = ['--role', 'reviewer', 'viewer', '--project', 'p1', 'p2', '--ttl', '15m'];
  const { code, stdout } = await run(['token', '--user', 'ada', ...rights, '--json'], { MILLRACE_DATA_DIR: folder });
  expect(code).toBe(0);
  const made = JSON.parse(stdout) as { token: string; expires_at: string };
  expect(made).toMatchObject({ user: 'ada', roles: ['reviewer', 'viewer'], projects: ['p1', 'p2'] });
  const left = Date.parse(made.expires_at) - Date.now();
  expect(left).toBeGreaterThan(14 * 60_000);
  expect(left).toBeLessThanOrEqual(15 * 60_000);
  const who = await fetch(`${server.url}/auth/session`, { headers: { authorization: `Bearer ${made.token}` } });
  expect(await who.json()).toMatchObject({ user: 'ada', roles: ['reviewer', 'viewer'], projects: ['p1', 'p2'] });
  const plain = await run(['token', '--user', 'root', '--role', 'admin', '--project', '*', '--data-dir', folder]);
  expect(plain.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const root = await fetch(`${server.url}/auth/session?token=${plain.stdout.trim()}`);
  expect(await root.json()).toMatchObject({ user: 'root', is_admin: true, projects: '*' });
});

test('token says what is missing where it has no secret to sign with', async () => {
  const jwks = await run(['token', '--user', 'ada'], { MILLRACE_JWKS_FILE: join(folder, 'keys.json') });
  expect(jwks).toMatchObject({ code: 1, stdout: '' });
  expect(jwks.stderr).toContain('tokens come from the issuer of those keys');
  const nowhere = await run(['token', '--user', 'ada', '--data-dir', join(folder, 'not-there')]);
  expect(nowhere).toMatchObject({ code: 1, stdout: '' });
  expect(nowhere.stderr).toContain('Start the server once, or set MILLRACE_JWT_SECRET');
});

test('dev-model prints where it listens, says that it is scripted, and answers', async () => {
  expect((await run(['dev-model', '--help'])).stdout).toMatch(/scripted answers[\s\S]*malformed/);
  const { child, ended } = start(['dev-model', '--port', '0', '--delay-ms', '0']);
  const url = await outputMatching(child, /http:\/\/127\.0\.0\.1:\d+\/v1/);
  const models = (await (await fetch(`${url}/models`)).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toEqual(['millrace-scripted']);
  const body = JSON.stringify({ model: 'any', stream: true, messages: [{ role: 'user', content: 'valid' }] });
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body });
  const pieces = (await answer.text()).split('\n\n').filter((piece) => piece.startsWith('data: {'));
  const text = pieces.map((piece) => JSON.parse(piece.slice(6)).choices[0].delta.content ?? '').join('');
  expect(text).toMatch(/^This answer is scripted[\s\S]*@@@ end\n$/);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Scripted answers, no model') });
});
