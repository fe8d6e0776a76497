import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import type { ClientEnvironment } from '../src/client/environment.ts';
import { createFeedConnection } from '../src/client/feed-connection.ts';
import { runtimeEnvironment } from '../src/client/runtime-environment.ts';
import { ManualClock } from '../src/engine/manual-clock.ts';
import { seqOf } from '../src/protocol/cursor.ts';
import { createEventsModel } from '../src/surfaces/observability/web/events-model.ts';
import { startRunningTime } from './support/running-time.ts';
import { openStream, postEvent, type Received } from './support/stream-client.ts';

// specs/004 "Contract Tests": its five cases in its words and order, then its performance requirements. The server is a
// process of its own, as a user runs it.

/** specs/004 "Latency": the target, and what is acceptable. */
const TARGET_MS = 100;
const ACCEPTABLE_MS = 1_000;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

describe('1. Client Connection', () => {
  test('a client that connects to /stream gets status 101 and the accept key of the specification', async () => {
    const response = await handshake(server.port, [
      'GET /stream HTTP/1.1',
      `Host: localhost:${server.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ]);
    expect(response).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(response).toMatch(/^Upgrade: websocket\r$/im);
    expect(response).toMatch(/^Connection: Upgrade\r$/im);
    expect(response).toMatch(/^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/im);
  });

  test('the name localhost works as the address does', async () => {
    using client = await openStream(`http://localhost:${server.port}`);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('2. Event Broadcast', () => {
  test('both of two clients receive a posted event within 100 ms', async () => {
    using first = await openStream(server.url);
    using second = await openStream(server.url);
    const rounds = 20;
    const runningTimes: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      using time = startRunningTime();
      const event = await postEvent(server.url, { summary: `round ${round}` });
      await Promise.all([first.has(round), second.has(round)]);
      runningTimes.push(time.ms);
      for (const { received } of [first, second]) expect(received.at(-1)?.message.data).toEqual(event);
    }
    const latencies = [...first.received, ...second.received].map(latency);
    report('2 clients, one event at a time', latencies);
    // One pause of the disk may exceed the target, but not what the specification calls acceptable.
    expect(quantile(runningTimes, 0.9)).toBeLessThan(TARGET_MS);
    expect(Math.max(...runningTimes)).toBeLessThan(ACCEPTABLE_MS);
  });

  test('every client gets every event, whoever sent it', async () => {
    using first = await openStream(server.url);
    using second = await openStream(server.url);
    await postEvent(server.url, { source_app: 'one', session_id: 'a' });
    await postEvent(server.url, { source_app: 'two', session_id: 'b' });
    await Promise.all([first.has(2), second.has(2)]);
    const apps = ({ received }: typeof first) => received.map(({ message }) => message.data.source_app);
    expect([apps(first), apps(second)]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });
});

describe('3. Client Disconnect/Reconnect', () => {
  test('the client notices a stopped server, tries again after 1, 2, 4, 8, 16, then every 30 s, and fills the gap', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'millrace-spec-004-'));
    const { port, url, stop } = await startServer({ dataDir });
    const { environment, clock } = manualEnvironment();
    const shown: number[] = [];
    const connection = createFeedConnection({
      url: `${url}/stream`,
      snapshot: async () => ((await (await fetch(`${url}/events/recent`)).json()) as { cursor: string }).cursor,
      onEvents: (events) => shown.push(...events.map(({ cursor }) => seqOf(cursor) ?? 0)),
      environment,
    });
    const status = () => connection.status().name;
    try {
      connection.start();
      await expect.poll(status).toBe('live');
      await postEvent(url);
      await expect.poll(() => shown).toEqual([1]);

      await stop();
      const delays: number[] = [];
      for (let failures = 1; failures <= 7; failures += 1) {
        await expect.poll(() => connection.status()).toMatchObject({ name: 'reconnecting', failures });
        const { nextRetryAt = Number.NaN } = connection.status();
        delays.push(nextRetryAt - clock.monotonic());
        clock.advance(nextRetryAt - clock.monotonic());
      }
      expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);

      await expect.poll(() => connection.status().failures).toBe(8);
      await using _again = await startServer({ port, dataDir });
      await postEvent(url);
      await postEvent(url);
      clock.advance(30_000);
      await expect.poll(status).toBe('live');
      await postEvent(url);
      await expect.poll(() => shown).toEqual([1, 2, 3, 4]);
    } finally {
      connection.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('4. Duplicate Event Handling', () => {
  test('an event that is received again is not added to the state', async () => {
    const page = eventsPage();
    const { id } = await postEvent(server.url, { summary: 'sent twice' });
    for (let connection = 0; connection < 2; connection += 1) {
      using client = await openStream(server.url, '?cursor=earliest');
      await client.has(id);
      page.receive(client.received);
    }
    expect(page.events().filter((event) => event.id === id)).toHaveLength(1);
    expect(page.events()).toHaveLength(id);
  });
});

describe('5. Out-of-Order Events', () => {
  test('events received as T1, T3, T2 are displayed by their timestamps', async () => {
    using client = await openStream(server.url);
    for (const second of [1, 3, 2]) {
      await postEvent(server.url, { timestamp: `2026-03-02T10:00:0${second}.000Z`, summary: `T${second}` });
    }
    await client.has(3);
    expect(client.received.map(({ message }) => message.data.summary)).toEqual(['T1', 'T3', 'T2']);
    const page = eventsPage();
    for (const one of client.received) page.receive([one]);
    // Newest first.
    expect(page.events().map(({ summary }) => summary)).toEqual(['T3', 'T2', 'T1']);
  });
});

describe('Performance Requirements', () => {
  test.each([
    { name: 'sustained: 10 events a second', perSecond: 10, seconds: 3 },
    { name: 'burst: 100 events a second for 10 seconds', perSecond: 100, seconds: 10 },
  ])('$name to 10 clients', async ({ name, perSecond, seconds }) => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => openStream(server.url)));
    const posted: Promise<{ id: number }>[] = [];
    await atRate(perSecond, perSecond * seconds, () => posted.push(postEvent(server.url)));
    const ids = (await Promise.all(posted)).map(({ id }) => id).sort((a, b) => a - b);
    await Promise.all(clients.map((client) => client.has(ids.length)));
    for (const client of clients) {
      expect(client.received.map(({ message }) => message.data.id)).toEqual(ids);
      client.socket.close();
    }
    const latencies = clients.flatMap(({ received }) => received.map(latency));
    // `npm run bench` holds the figures against the spec's: how fast a busy machine is, is nothing that a test can tell.
    report(`${name}, 10 clients`, latencies);
  });

  test('no fixed limit: 500 clients connect and each receives the event', async () => {
    const clients = await Promise.all(Array.from({ length: 500 }, () => openStream(server.url)));
    const { id } = await postEvent(server.url);
    await Promise.all(clients.map((client) => client.has(1)));
    report(
      '500 clients, one event',
      clients.flatMap(({ received }) => received.map(latency)),
    );
    for (const { received, socket } of clients) {
      expect(received[0]?.message.data.id).toBe(id);
      socket.close();
    }
  });
});

/** The measurement of specs/004: `client_receive_time - event.created_at`, both by this machine's clock. */
function latency({ message, at }: Received): number {
  return at - Date.parse(message.data.created_at);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function report(what: string, latencies: readonly number[]): void {
  const [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1].map((share) => quantile(latencies, share));
  console.log(`${what}: ${latencies.length} deliveries, p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms`);
}

/** Calls `action` `count` times at a steady rate, catching up when a timer was late. */
function atRate(perSecond: number, count: number, action: () => void): Promise<void> {
  const startedAt = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000) + 1);
      for (; done < due; done += 1) action();
      if (done < count) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
}

/** The state of the page `/events`, painted when asked. */
function eventsPage() {
  const frames: (() => void)[] = [];
  const model = createEventsModel({
    api: { recent: notAsked, filterOptions: notAsked, sessions: notAsked },
    frames(action) {
      frames.push(action);
      return () => frames.splice(frames.indexOf(action), 1);
    },
    now: () => Date.now(),
  });
  return {
    receive(received: readonly Received[]) {
      expect(model.receive(received.map(({ message }) => message))).toBe(0);
      for (const paint of frames.splice(0)) paint();
    },
    events: () => model.view().events,
  };
}

function notAsked(): Promise<never> {
  throw new Error('the model asked the server');
}

/** Real sockets and requests on a clock that the test moves. */
function manualEnvironment(): { readonly environment: ClientEnvironment; readonly clock: ManualClock } {
  const clock = new ManualClock();
  const environment: ClientEnvironment = {
    now: () => clock.monotonic(),
    // In the middle of the jitter: the delays are exact.
    random: () => 0.5,
    schedule: (delayMs, action) => clock.schedule(delayMs, action),
    openSocket(url, protocols, { onMessage, onClose }) {
      const socket = new WebSocket(url, [...protocols]);
      socket.onmessage = ({ data }) => onMessage(String(data));
      socket.onclose = ({ code }) => onClose(code);
      return {
        close() {
          socket.onclose = null;
          socket.close();
        },
      };
    },
    openEventStream: (url, options, handlers) => runtimeEnvironment.openEventStream(url, options, handlers),
    fetch: (url, init) => fetch(url, init),
    baseUrl: undefined,
    isOnline: () => true,
    onOnlineChange: () => () => {},
  };
  return { environment, clock };
}

/** The head of the answer to a request written by hand. */
async function handshake(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1');
}
