import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDev } from '../e2e/start-dev.ts';
import { outputMatching } from '../e2e/start-server.ts';

const ROOT = join(import.meta.dirname, '..');

const answers = (url: string) =>
  fetch(url).then(
    ({ status }) => status,
    () => 'refused',
  );

test('npm start serves, and a SIGTERM to npm ends the server with exit code 0', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-start-'));
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    env: { ...process.env, MILLRACE_PORT: '0', MILLRACE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(npm, 'exit');
  try {
    const url = await outputMatching(npm, /http:\/\/[\w.]+:\d+/);
    expect(await answers(`${url}/healthz`)).toBe(200);
    npm.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(await answers(`${url}/healthz`)).toBe('refused');
  } finally {
    npm.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('npm run dev serves API and dashboard, and ends both', async () => {
  const dev = await startDev();
  const urls = [`http://localhost:${dev.serverPort}/healthz`, `http://localhost:${dev.webPort}/`];
  try {
    expect(await Promise.all(urls.map(answers))).toEqual([200, 200]);
  } finally {
    await dev[Symbol.asyncDispose]();
  }
  expect(await Promise.all(urls.map(answers))).toEqual(['refused', 'refused']);
});
