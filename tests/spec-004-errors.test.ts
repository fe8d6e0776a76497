import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import { readConfig } from '../src/server/config.ts';
import { startMillrace } from '../src/server/server.ts';
import { openStream, postEvent } from './support/stream-client.ts';

// specs/004 "Error Handling", "Server Errors", on the whole server.

/** A server whose log lines can be read. */
async function serverWithLog(env: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-errors-'));
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const config = readConfig({ MILLRACE_PORT: '0', MILLRACE_SELF_CHECK_MS: '0', MILLRACE_DATA_DIR: dataDir, ...env });
  const millrace = await startMillrace({ config, logger });
  return {
    url: millrace.url,
    lines,
    /** Readers of `/stream` by WebSocket, as `/metrics` tells. */
    async clients(): Promise<number> {
      const metrics = await (await fetch(`${millrace.url}/metrics`)).text();
      return Number(/^millrace_readers\{feed="observability",transport="websocket"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      await millrace[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A WebSocket client of which the test has the bare connection, and the head of the answer to its handshake. */
async function openRaw(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  const lines = [
    'GET /stream HTTP/1.1',
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, answer: answer.toString('latin1') };
}

test('Client Send Failure: a broken client is removed and logged, and the others get every event', async () => {
  await using server = await serverWithLog();
  using healthy = await openStream(server.url);
  const broken = await openRaw(server.url);
  await expect.poll(server.clients).toBe(2);
  broken.socket.resetAndDestroy();
  await postEvent(server.url, { summary: 'sent while a client breaks' });
  await expect.poll(server.clients).toBe(1);
  await postEvent(server.url, { summary: 'sent afterwards' });
  await healthy.has(2);
  expect(server.lines).toContainEqual(
    expect.objectContaining({ msg: 'WebSocket closed', feed: 'observability', code: 1006 }),
  );
});

test('a client that is gone without a word is removed and logged once it owes a pong', async () => {
  await using server = await serverWithLog({ MILLRACE_WS_PING_MS: '50', MILLRACE_WS_PONG_TIMEOUT_MS: '50' });
  using healthy = await openStream(server.url);
  const silent = await openRaw(server.url);
  await expect
    .poll(() => server.lines)
    .toContainEqual(expect.objectContaining({ level: 30, msg: 'WebSocket peer is gone' }));
  await expect.poll(server.clients).toBe(1);
  expect(healthy.socket.readyState).toBe(WebSocket.OPEN);
  silent.socket.destroy();
});

test('invalid JSON from a client never closes its connection', async () => {
  await using server = await serverWithLog();
  using client = await openStream(server.url);
  for (const text of ['not json', '{"type":', '{"type":"nobody knows"}', '[]', 'null']) client.socket.send(text);
  client.socket.send(new Uint8Array([0, 255]));
  await postEvent(server.url);
  await client.has(1);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  const pong = once(client.socket, 'message') as Promise<[MessageEvent]>;
  client.socket.send('{"type":"ping"}');
  expect(JSON.parse(String((await pong)[0].data))).toEqual({
    type: 'pong',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

test('invalid event data is refused at the door: nothing is stored and nothing is broadcast', async () => {
  await using server = await serverWithLog();
  using client = await openStream(server.url);
  for (const body of ['{', '{"source_app":"a"}', '{"timestamp":"now","source_app":"a","event_type":"b"}']) {
    const response = await fetch(`${server.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
  }
  const { id } = await postEvent(server.url);
  await client.has(1);
  expect([id, client.received[0]?.message.data.id]).toEqual([1, 1]);
});

test('Too Many Clients: 503 before the upgrade, those connected stay, and a place that is left is given again', async () => {
  await using server = await serverWithLog({ MILLRACE_MAX_CONNECTIONS: '2' });
  using first = await openStream(server.url);
  const second = await openStream(server.url);
  const refused = await openRaw(server.url);
  expect(refused.answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(refused.answer).toMatch(/^Retry-After: 5\r$/im);
  expect(server.lines).toContainEqual(expect.objectContaining({ level: 40, path: '/stream' }));
  refused.socket.destroy();
  await postEvent(server.url);
  await Promise.all([first.has(1), second.has(1)]);

  second.socket.close();
  await expect.poll(server.clients).toBe(1);
  using again = await openStream(server.url);
  await postEvent(server.url);
  await again.has(1);
});
