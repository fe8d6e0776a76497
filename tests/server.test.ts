import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outputMatching, startServer } from '../e2e/start-server.ts';
import { failToStart } from './support/failed-start.ts';
import { startRunningTime } from './support/running-time.ts';

const ROOT = join(import.meta.dirname, '..');
const BUN = join(ROOT, 'node_modules/.bin/bun');
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-server-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function post(url: string, summary: string): Promise<Response> {
  return fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ timestamp: new Date().toISOString(), source_app: 'test', event_type: 'Stop', summary }),
  });
}

test('a wrong value stops the start with one line', () => {
  expect(failToStart(dataDir, { MILLRACE_PORT: 'abc' })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'millrace: MILLRACE_PORT is "abc": it must be a whole number from 0 to 65535\n',
  });
});

test('a file of keys that is none stops the start with one line', () => {
  const path = join(dataDir, 'keys.json');
  const line = (text: string) => {
    writeFileSync(path, text);
    return failToStart(dataDir, { MILLRACE_JWKS_FILE: path });
  };
  for (const text of ['not json', '{"keys":7}']) {
    const { status, stderr } = line(text);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^millrace: MILLRACE_JWKS_FILE is ".*keys\.json": it must be a file with .*\n$/);
  }
});

test('an address other than loopback needs --trusted-network', () => {
  const { status, stderr } = failToStart(dataDir, { MILLRACE_HOST: '0.0.0.0' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^millrace: MILLRACE_HOST is "0\.0\.0\.0".*--trusted-network.*\n$/);
});

test('a port that is taken and a data folder in use are told in one line', async () => {
  await using server = await startServer({ dataDir });
  const { stderr } = failToStart(join(dataDir, 'other'), { MILLRACE_PORT: `${server.port}` });
  expect(stderr).toMatch(/^millrace: MILLRACE_PORT is \d+: something else listens there; 0 picks a free port\n$/);
  expect(failToStart(dataDir).stderr).toMatch(/^millrace: cannot open the log .* is held by another process\n$/);
});

test('a corrupt database refuses the start and is left as it is', async () => {
  const path = join(dataDir, 'millrace.db');
  const garbage = 'garbage '.repeat(1_000);
  writeFileSync(path, garbage);
  const { status, stderr } = failToStart(dataDir);
  expect(status).toBe(1);
  expect(stderr).toContain('file is not a database');
  expect(await Bun.file(path).text()).toBe(garbage);
});

test('SIGTERM tells clients to come back, answers what was taken, and exits 0 within 5 s', async () => {
  const server = await startServer({ dataDir });
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/stream`);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const answers = Array.from({ length: 50 }, (_, index) => post(server.url, `${index}`));
  await answers[0];
  using time = startRunningTime();
  await server.stop('SIGTERM');
  expect(time.ms).toBeLessThan(5_000);
  const [event] = (await closed) as [CloseEvent];
  expect(event.code).toBe(1001);
  const statuses = (await Promise.allSettled(answers)).map(
    (answer) => answer.status === 'fulfilled' && answer.value.status,
  );
  const stored = statuses.filter((status) => status === 201).length;
  expect(stored).toBeGreaterThan(0);

  await using again = await startServer({ dataDir });
  const recent = (await (await fetch(`${again.url}/events/recent?limit=500`)).json()) as { total: number };
  expect(recent.total).toBeGreaterThanOrEqual(stored);
});

test('the exit code is 0 after one signal', async () => {
  const child = spawn(BUN, ['src/server/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, MILLRACE_PORT: '0', MILLRACE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await outputMatching(child, /http:\/\/[\w.:]+/);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('on loopback, foreign hosts and origins are refused', async () => {
  await using server = await startServer({ dataDir });
  const foreignHost = await fetch(server.url, { headers: { host: 'evil.example' } });
  expect(foreignHost.status).toBe(421);
  const foreignPost = await fetch(`${server.url}/events`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'text/plain' },
    body: '{}',
  });
  expect(foreignPost.status).toBe(403);
  expect(await foreignPost.json()).toMatchObject({ error: { code: 'forbidden_origin', traceId: expect.any(String) } });
});

test('health, readiness and metrics', async () => {
  await using server = await startServer({ dataDir });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ready' });
  const stream = new WebSocket(`${server.url.replace('http', 'ws')}/stream`);
  await once(stream, 'open');
  await post(server.url, 'one');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  for (const line of [
    'millrace_events_appended_total 1',
    'millrace_commit_seconds_count 1',
    'millrace_commit_batch_events_sum 1',
    'millrace_readers{feed="observability",transport="websocket"} 1',
    'millrace_slowest_reader_lag_events 0',
    'millrace_connections 1',
    'millrace_readers_held_back 0',
    'millrace_readers_waiting 1',
    'millrace_views 1',
    'millrace_deadlines 1',
    '# TYPE millrace_socket_buffer_max_bytes gauge',
    'millrace_bytes_out_total{transport="websocket"}',
    '# TYPE millrace_resets_total counter',
    '# TYPE millrace_rejects_total counter',
  ]) {
    expect(metrics).toContain(line);
  }
  stream.close();
});

test('a full disk answers 503, readers keep reading, nothing acknowledged is lost, and room brings it back', async () => {
  // The file size limit stands in for the disk: writes beyond it fail the way a full one does.
  const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -S -f 2000; exec ${BUN} src/server/main.ts`], {
    cwd: ROOT,
    env: { ...process.env, MILLRACE_PORT: '0', MILLRACE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await using _ended = { [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') };
  const url = await outputMatching(child, /http:\/\/[\w.:]+/);
  const summary = 'x'.repeat(900);
  let acknowledged = 0;
  let refused: Response | undefined;
  while (!refused) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(url, summary)));
    acknowledged += answers.filter(({ status }) => status === 201).length;
    refused = answers.find(({ status }) => status !== 201);
  }
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBeTruthy();
  expect(await refused.json()).toMatchObject({ error: 'LogUnavailable' });
  const unready = await fetch(`${url}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toMatchObject({ status: 'not ready', reason: expect.any(String) });
  const page = await fetch(`${url}/stream?cursor=earliest`, { headers: { accept: 'application/json' } });
  expect(page.status).toBe(200);

  expect(spawnSync('prlimit', [`--pid=${child.pid}`, '--fsize=unlimited']).status).toBe(0);
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await post(url, 'after')).status).toBe(201);
  const recent = (await (await fetch(`${url}/events/recent`)).json()) as { total: number };
  expect(recent.total).toBe(acknowledged + 1);
  child.kill('SIGTERM');
  await once(child, 'exit');
});
