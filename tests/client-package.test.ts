import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../e2e/start-server.ts';
import { cases } from './client-suite/cases.ts';
import { type InstalledPackage, installPackage } from './support/installed-package.ts';
import { postEvent } from './support/stream-client.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage();
});

afterAll(() => installed[Symbol.dispose]());

const transports = ['websocket', 'sse'] as const;
const everyCase = transports.flatMap((transport) => Object.keys(cases).map((name) => `${transport}: ${name}`));

describe('the installed package', () => {
  test.each([
    { runtime: 'Node', program: 'node' },
    { runtime: 'Bun', program: join(ROOT, 'node_modules/.bin/bun') },
  ])('passes the black-box suite in $runtime', async ({ program }) => {
    await using server = await startServer();
    const suite = installed.bundle('tests/client-suite/run-as-program.ts');
    const { stdout } = await run(program, [suite, server.url, 'millrace'], { timeout: 60_000 });
    expect(JSON.parse(stdout)).toEqual(everyCase.map((name) => ({ name, failure: null })));
  });

  test('runs examples/node-tail, which continues without a gap after the server was restarted', async () => {
    const program = join(installed.folder, 'tail.mjs');
    copyFileSync(join(ROOT, 'examples/node-tail/tail.mjs'), program);
    const dataDir = mkdtempSync(join(tmpdir(), 'millrace-node-tail-'));
    let server = await startServer({ dataDir });
    const tail = spawn('node', [program, `${server.url}/stream`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(tail, 'exit');
    const written = { out: '', err: '' };
    tail.stdout.on('data', (chunk: Buffer) => {
      written.out += chunk.toString();
    });
    tail.stderr.on('data', (chunk: Buffer) => {
      written.err += chunk.toString();
    });
    const says = (stream: 'out' | 'err', text: string) => expect.poll(() => written[stream]).toContain(text);
    try {
      await says('err', 'live');
      await postEvent(server.url, { source_app: 'orders', event_type: 'PreToolUse', summary: 'one' });
      await says('out', 'one');
      await server.stop();
      await says('err', 'reconnecting');
      server = await startServer({ dataDir, port: server.port });
      await postEvent(server.url, { source_app: 'orders', event_type: 'PostToolUse', summary: 'two' });
      await says('out', 'two');
      expect(written.out).toBe('1\torders\tPreToolUse\tone\n2\torders\tPostToolUse\ttwo\n');
      tail.kill('SIGINT');
      expect(await exited).toEqual([0, null]);
    } finally {
      tail.kill('SIGKILL');
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('runs the program of the README', async () => {
    const [, expected = '', source = ''] =
      /<!-- program: expect (.+) -->\n```js\n([\s\S]+?)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    await using server = await startServer();
    const program = join(installed.folder, 'readme.mjs');
    // It joins at the head, so events are posted until it has seen one.
    writeFileSync(program, source.replaceAll('http://127.0.0.1:4000', server.url));
    const child = spawn('node', [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    try {
      await expect
        .poll(
          async () => {
            await postEvent(server.url, { source_app: 'my-app', summary: 'npm test' });
            return output;
          },
          { timeout: 15_000 },
        )
        .toContain(`my-app ${expected}`);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
