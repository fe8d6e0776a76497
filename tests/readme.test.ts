import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import packageJson from '../package.json' with { type: 'json' };
import { PROMISES } from '../scripts/promises.ts';
import { createProgram } from '../src/cli/program.ts';
import { readConfig } from '../src/server/config.ts';
import { SETTINGS } from '../src/server/settings.ts';
import { hookSnippet } from '../src/surfaces/observability/web/snippets.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where the documents say that a server runs. */
const DOCUMENTED_URL = 'http://127.0.0.1:4000';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'PROTOCOL.md', 'CONTRIBUTING.md', 'docs/specs.md', 'docs/reliability.md'],
  ...readdirSync(join(ROOT, 'docs/adr')).map((name) => `docs/adr/${name}`),
];
const README = read('README.md');
const PROTOCOL = read('PROTOCOL.md');

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

describe('the shell snippets of the README', () => {
  const snippets = [...README.matchAll(/<!-- snippet: expect (.+) -->\n```sh\n([\s\S]+?)\n```/g)].map(
    ([, expected = '', command = '']) => ({ expected, command }),
  );

  test('are marked, but for the one that installs and starts', () => {
    expect(README.match(/^```sh$/gm)).toHaveLength(snippets.length + 1);
    expect(README).toContain('```sh\nnpm ci && npm start\n```');
    expect(packageJson.scripts).toHaveProperty('start');
  });

  // One after the other: later ones read what earlier ones sent.
  test.each(snippets)('print what they promise: $expected', async ({ command, expected }) => {
    const here = command
      .replaceAll(DOCUMENTED_URL, server.url)
      .replaceAll(/npx millrace [\w-]+/g, (cli) => `${cli} --url ${server.url}`);
    expect(await outputUntil(here, expected)).toContain(expected);
  });
});

describe('the hook settings of the README', () => {
  const [, text = ''] = /<!-- hook settings -->\n```json\n([\s\S]+?)\n```/.exec(README) ?? [];

  test('are the JSON that the page shows', () => {
    expect(JSON.parse(text)).toEqual(JSON.parse(hookSnippet(DOCUMENTED_URL)));
  });

  test('record what a hook is given, and let the agent go on when the server is down', async () => {
    const settings = JSON.parse(text) as { hooks: { PreToolUse: [{ hooks: [{ command: string }] }] } };
    const { command } = settings.hooks.PreToolUse[0].hooks[0];
    const input = read('src/surfaces/observability/fixtures/claude-code/pre-tool-use.json');
    const run = (url: string) =>
      spawnSync('sh', ['-c', command.replaceAll(DOCUMENTED_URL, url)], { input, encoding: 'utf8', timeout: 60_000 });

    expect(run(server.url)).toMatchObject({ status: 0, stdout: '' });
    const recent = await fetch(`${server.url}/events/recent?limit=1`);
    const { events } = (await recent.json()) as { events: { event_type: string; summary: string }[] };
    expect(events).toMatchObject([{ event_type: 'PreToolUse', summary: JSON.parse(input).tool_input.command }]);

    expect(run('http://127.0.0.1:1')).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('what the README lists', () => {
  const settingsRows = [...README.matchAll(/^\| `(MILLRACE_\w+)` \| (.+?) \|/gm)].map(([, name, value]) => [
    name,
    value,
  ]);

  test('the settings are those of the server, in its order', () => {
    expect(settingsRows.map(([name]) => name)).toEqual(Object.values(SETTINGS).map(({ variable }) => variable));
  });

  test('their defaults are the real ones', () => {
    const config = Object.entries(readConfig({}));
    const inWords = new Map([
      ['maxConnections', 'from memory'],
      ['jwtSecret', 'made at the first start'],
    ]);
    const shown = (name: string, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') return `\`${value}\``;
      if (typeof value === 'boolean') return `\`${Number(value)}\``;
      return inWords.get(name) ?? 'none';
    };
    expect(settingsRows.map(([, value]) => value)).toEqual(config.map(([name, value]) => shown(name, value)));
  });

  test('every command exists', () => {
    const text = documents.map(read).join('\n');
    const scripts = [...text.matchAll(/`npm run ([\w:]+)/g)].map(([, name]) => name);
    const commands = [...text.matchAll(/(?:^|`)npx millrace ([a-z-]+)/gm)].map(([, name]) => name);
    expect(scripts.length).toBeGreaterThan(5);
    expect(commands.length).toBeGreaterThan(3);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
    expect(createProgram().commands.map((command) => command.name())).toEqual(expect.arrayContaining(commands));
  });
});

describe('the rules of PROTOCOL.md', () => {
  const rules = PROTOCOL.split(/^### /m).slice(1);

  test('are numbered without a hole, and each names a test', () => {
    expect(rules.map((rule) => /^R(\d+) /.exec(rule)?.[1])).toEqual(rules.map((_, index) => `${index + 1}`));
    for (const rule of rules) expect(rule).toMatch(/`(src|tests)\/[\w./-]+\.test\.tsx?`/);
  });

  test('have the numbers by which sources cite them', () => {
    expect(PROTOCOL).toContain('### R2 Cursor\n');
    expect(PROTOCOL).toContain('### R5 WebSocket with `millrace.v1`\n');
    const cited = sourceFiles().flatMap((path) => [...read(path).matchAll(/PROTOCOL\.md R(\d+)/g)].map(([, n]) => n));
    expect(cited.length).toBeGreaterThan(1);
    for (const number of cited) expect(Number(number)).toBeLessThanOrEqual(rules.length);
  });

  test('list every error with its status and whether to try again', () => {
    const inSource = [
      ...read('src/protocol/errors.ts').matchAll(/^ {2}(\w+): \{ status: (\d+), retryable: (\w+) \}/gm),
    ];
    const expected = inSource.map(([, code, status, retryable]) => [code, status, retryable === 'true' ? 'yes' : 'no']);
    const rows = [...PROTOCOL.matchAll(/^\| `(\w+)` \| (\d{3}) \| (yes|no) \|$/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual(expected);
  });

  test('list every close code', () => {
    const { CLOSE = '' } =
      /CLOSE = \{(?<CLOSE>[\s\S]+?)\} as const/.exec(read('src/protocol/close-codes.ts'))?.groups ?? {};
    const codes = [...CLOSE.matchAll(/: (\d{4}),/g)].map(([, code]) => code);
    const table = PROTOCOL.slice(PROTOCOL.indexOf('### R11'), PROTOCOL.indexOf('### R12'));
    // 1000 is a client's own goodbye.
    for (const code of codes.filter((one) => one !== '1000')) expect(table).toContain(code);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('links to what exists', () => {
    const targets = [...text.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)|(?:src|srcset)="([^"]+)"/g)]
      .map(([, link, image]) => link ?? image ?? '')
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(document), target)))).toEqual([]);
  });

  test('names files that exist', () => {
    const named = [...text.matchAll(/`((?:src|tests|e2e|scripts|docs|bin|bench)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, normalize(path))))).toEqual([]);
  });
});

test('docs/reliability.md names every promise, and every test that is run for it', () => {
  const rows = new Map([...read('docs/reliability.md').matchAll(/^\| (P\d+) \|.+$/gm)].map(([row, id]) => [id, row]));
  expect([...rows.keys()]).toEqual(PROMISES.map(({ id }) => id));
  for (const { id, tests } of PROMISES) for (const path of tests) expect(rows.get(id)).toContain(`\`${path}\``);
});

test('every test that docs/specs.md names exists under its title', () => {
  const named = [...read('docs/specs.md').matchAll(/`([\w./-]+\.(?:test\.tsx?|spec\.ts))`: "(.+?)"(?= \||\s\()/g)];
  expect(named.length).toBeGreaterThan(50);
  const absent = named.filter(([, path = '', title = '']) => !read(path).includes(title));
  expect(absent.map(([whole]) => whole)).toEqual([]);
});

/** Runs a snippet as a reader of the README would; settles when it ended or printed what it promises. */
async function outputUntil(command: string, expected: string): Promise<string> {
  const child: ChildProcess = spawn('sh', ['-c', command], {
    cwd: ROOT,
    // A group of its own, so that what the shell started ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const limit = setTimeout(() => end(), 20_000);
  const end = () => {
    clearTimeout(limit);
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes(expected)) end();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(limit);
  return output;
}

function sourceFiles(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => `src/${path}`);
}
