import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../e2e/start-server.ts';
import type { ConformanceReport } from '../src/conformance/index.ts';
import { type InstalledPackage, installPackage } from './support/installed-package.ts';
import { millrace } from './support/millrace-command.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage();
});

afterAll(() => installed[Symbol.dispose]());

test.each([
  { runtime: 'Node', program: 'node' },
  { runtime: 'Bun', program: join(ROOT, 'node_modules/.bin/bun') },
])('the program of the README judges a server under $runtime', async ({ program }) => {
  const [, source = ''] =
    /<!-- conformance program -->\n```js\n([\s\S]+?)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  await using server = await startServer({ env: { MILLRACE_SSE_HEARTBEAT_MS: '1000' } });
  const path = join(installed.folder, 'judge.mjs');
  writeFileSync(path, source.replace('http://127.0.0.1:4000', server.url).replace('specs:', 'patience: 10,\n  specs:'));
  const { stdout } = await run(program, [path], { timeout: 60_000 });
  expect(stdout).toMatch(/^passed 004\/connection-handshake/m);
  expect(stdout).toMatch(/^skipped feeds\/expired retention has removed nothing/m);
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d{2} passed, 0 failed, 1 skipped$/);
});

test('the command prints each criterion with its words, and exits 0', async () => {
  await using server = await startServer();
  const { code, stdout, stderr } = await millrace('conformance', server.url, '--spec', '004', '--patience', '10');
  expect(stderr).toBe('');
  expect(stdout).toContain(
    'pass 004/ping-pong: Ping {"type":"ping"}: the server responds {"type":"pong","timestamp"}.\n',
  );
  expect(stdout).toMatch(/\n16 passed, 0 failed, 0 skipped\n$/);
  expect(code).toBe(0);
});

test('the command exits 1 when a criterion fails, and where no server answers', async () => {
  await using server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hello') });
  const { code, stdout } = await millrace('conformance', `http://127.0.0.1:${server.port}`, '--spec', '004', '--json');
  const report = JSON.parse(stdout) as ConformanceReport;
  expect(report).toMatchObject({ ok: false, passed: 0, failed: 16, skipped: 0 });
  expect(report.results[0]).toEqual({
    spec: '004',
    id: '004/connection-handshake',
    words: expect.stringContaining('101 Switching Protocols'),
    status: 'failed',
    reason: 'the status: expected 101, found 200',
    durationMs: expect.any(Number),
  });
  expect(code).toBe(1);

  const nobody = await millrace('conformance', 'http://127.0.0.1:1');
  expect(nobody).toEqual({ code: 1, stdout: '', stderr: 'millrace: no server answers at http://127.0.0.1:1\n' });
});
