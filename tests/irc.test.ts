import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { type Connector, connectorSchema, connectorsSchema } from '../src/protocol/connector.ts';
import { type Message, messagePageSchema } from '../src/surfaces/messages/events.ts';
import { openEventSource } from './support/event-source.ts';
import { startIrcServer } from './support/irc-server.ts';
import { startTalker } from './support/irc-talker.ts';

const ROOT = join(import.meta.dirname, '..');
const PATIENCE = { interval: 50 };
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-irc-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function connectors({ url }: RunningServer): Promise<readonly Connector[]> {
  return connectorsSchema.parse(await (await fetch(`${url}/api/connectors`)).json()).connectors;
}

function becomes(server: RunningServer, id: string, expected: object) {
  const find = async () => (await connectors(server)).find((row) => row.id === id);
  return expect.poll(find, PATIENCE).toMatchObject(expected);
}

/** Oldest first. */
async function messages({ url }: RunningServer): Promise<readonly Message[]> {
  return messagePageSchema.parse(await (await fetch(`${url}/api/messages?limit=500`)).json()).messages.toReversed();
}

function texts(server: RunningServer) {
  return expect.poll(async () => (await messages(server)).map(({ text }) => text), PATIENCE);
}

/** `millrace connect …`, with both outputs. */
async function connect(...args: readonly string[]) {
  const child = spawn('node', [join(ROOT, 'bin/millrace.mjs'), 'connect', ...args], { cwd: ROOT });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...output };
}

test('a connector added by the command line brings messages, survives a restart, and is removed', async () => {
  await using irc = await startIrcServer();
  const flags = [
    '--server',
    '127.0.0.1',
    '--port',
    `${irc.port}`,
    '--nick',
    'reader',
    '--channel',
    '#a',
    '--channel',
    '#b',
  ];
  {
    await using server = await startServer({ dataDir });
    const { code, stdout } = await connect('irc', ...flags, '--id', 'chat', '--url', server.url, '--json');
    expect(code).toBe(0);
    expect(connectorSchema.parse(JSON.parse(stdout))).toMatchObject({ id: 'chat', liveness: 'live' });
    using alice = await startTalker(irc, 'alice', ['#a']);
    alice.say('#a', 'before the restart');
    await texts(server).toEqual(['before the restart']);
    expect((await messages(server))[0]).toMatchObject({ user: 'alice', channel: '#a', connector: 'chat' });
    const again = await connect('irc', ...flags, '--url', server.url);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/^millrace: .* answered HTTP 409: the connector chat listens there .*\n$/);
  }
  await using server = await startServer({ dataDir });
  await becomes(server, 'chat', { liveness: 'live', events_ingested: 1 });
  using alice = await startTalker(irc, 'alice', ['#a']);
  await alice.next((line) => / 353 .*#a.*reader/.test(line));
  alice.say('#a', 'after the restart');
  await texts(server).toEqual(['before the restart', 'after the restart']);
  await becomes(server, 'chat', { events_ingested: 2, provider_failures: 0 });
  expect((await fetch(`${server.url}/api/connectors/chat`, { method: 'DELETE' })).status).toBe(200);
  await alice.next((line) => /^:reader!.* (?:QUIT|PART)/.test(line));
  expect((await connectors(server)).map(({ id }) => id)).toEqual(['hooks', 'http']);
});

test('configured connectors are there for as long as they are configured, and messages by HTTP are counted apart', async () => {
  await using irc = await startIrcServer({ password: 'open-sesame' });
  const configured = {
    id: 'fixed',
    server: '127.0.0.1',
    port: irc.port,
    nick: 'reader',
    channels: ['#a'],
    password: 'open-sesame',
  };
  {
    await using server = await startServer({ dataDir, env: { MILLRACE_IRC: JSON.stringify([configured]) } });
    await becomes(server, 'fixed', { liveness: 'live' });
    expect((await fetch(`${server.url}/api/connectors/fixed`, { method: 'DELETE' })).status).toBe(409);
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'u', channel: '#a', text: 'by HTTP' }),
    });
    expect(response.status).toBe(201);
    await becomes(server, 'http', { liveness: 'live', events_ingested: 1 });
    await becomes(server, 'fixed', { events_ingested: 0 });
  }
  await using server = await startServer({ dataDir });
  await expect.poll(async () => (await connectors(server)).map(({ id }) => id), PATIENCE).toEqual(['hooks', 'http']);
});

test('`millrace connect irc` says why a server can’t be reached, and exits 1; wrong usage exits 2', async () => {
  const irc = await startIrcServer();
  await irc[Symbol.asyncDispose]();
  await using server = await startServer({ dataDir });
  const flags = [
    '--server',
    '127.0.0.1',
    '--port',
    `${irc.port}`,
    '--nick',
    'reader',
    '--channel',
    '#a',
    '--url',
    server.url,
  ];
  const { code, stdout, stderr } = await connect('irc', ...flags);
  expect(code).toBe(1);
  expect(stdout).toContain('reconnecting');
  expect(stderr).toMatch(/^millrace: 127\.0\.0\.1: .*; the connector irc-127-0-0-1 stays and goes on trying\n$/);
  for (const wrong of [['irc'], ['irc', '--server', 'x', '--nick', 'y'], ['irc', ...flags, '--port', '0'], ['smtp']]) {
    expect((await connect(...wrong)).code, wrong.join(' ')).toBe(2);
  }
});

test('a wrong MILLRACE_IRC stops the start with one line', async () => {
  const env = { MILLRACE_IRC: '[{"server":"irc.test","nick":"me"}]' };
  await expect(startServer({ dataDir, env })).rejects.toThrow(
    /MILLRACE_IRC is ".*": 0\.channels: is required; it must be a JSON array/,
  );
});

test('the feed of connectors shows how one is lost and comes back', async () => {
  await using irc = await startIrcServer();
  await using server = await startServer({ dataDir });
  const input = { kind: 'irc', id: 'chat', server: '127.0.0.1', port: irc.port, nick: 'reader', channels: ['#a'] };
  await fetch(`${server.url}/api/connectors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  await becomes(server, 'chat', { liveness: 'live' });
  using feed = await openEventSource(`${server.url}/live?view=connectors`);
  const liveness = (wanted: string) =>
    feed.next(({ name, data }) => name === 'connector' && data.id === 'chat' && data.liveness === wanted);
  await irc.stop();
  expect((await liveness('reconnecting')).data).toMatchObject({ type: 'connector', kind: 'irc', provider_failures: 1 });
  await irc.start();
  await expect.poll(() => feed.received.at(-1)?.data, PATIENCE).toMatchObject({ id: 'chat', liveness: 'live' });
});
