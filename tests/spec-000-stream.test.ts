import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { pageSchema } from '../src/protocol/frames.ts';
import { kpisSchema, opsStateSchema, timelineSchema } from '../src/surfaces/ops/events.ts';
import { getPage, openSocket, openSse } from './support/feed-peers.ts';
import { proposalsSystem } from './support/proposals-system.ts';

const PATIENCE = { interval: 50 };
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-ops-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function stateOf({ url }: RunningServer) {
  const response = await fetch(`${url}/api/ops`);
  expect(response.status).toBe(200);
  return opsStateSchema.parse(await response.json());
}

function postJson(url: string, value: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
}

/** One tool call of an agent, as it is posted. */
function observed(event_type: string) {
  return { timestamp: '2026-01-01T00:00:00Z', source_app: 'test', event_type, session_id: 's1' };
}

describe('GET /api/ops', () => {
  test('counts every event, and names whose failures go on', async () => {
    await using server = await startServer();
    const before = await stateOf(server);
    expect(before.kpis.health.state).toBe('unknown');
    const calls = ['PostToolUse', 'PostToolUseFailure', 'PostToolUseFailure', 'PostToolUseFailure'];
    await postJson(`${server.url}/events`, calls.map(observed));
    const after = await stateOf(server);
    expect(after.kpis).toMatchObject({
      health: { state: 'failing', reason: 'session s1 has failed 3 times in a row.' },
      failure_streak: { count: 3, of: 'session s1' },
    });
    // An alert about it may be stored meanwhile.
    expect(after.kpis.processed_events).toBeGreaterThanOrEqual(before.kpis.processed_events + calls.length);
    await expect
      .poll(async () => {
        const { kpis, cursor } = await stateOf(server);
        return kpis.processed_events === Number(cursor.split('.')[1]) && kpis.open_alerts;
      })
      .toBe(1);
    await postJson(`${server.url}/events`, observed('PostToolUse'));
    await expect
      .poll(async () => (await stateOf(server)).kpis)
      .toMatchObject({ health: { state: 'healthy' }, failure_streak: { count: 0 }, open_alerts: 0 });
  });
});

/** What the newest heartbeat of a WebSocket says. */
function newestKpis(frames: readonly { readonly type: string }[]) {
  return kpisSchema.parse(frames.findLast(({ type }) => type === 'heartbeat'));
}

describe('heartbeats of /ops/stream', () => {
  test('say what is true: events, those of the last minute, failures and clients', async () => {
    await using server = await startServer();
    const stream = { url: `${server.url}/ops/stream` };
    using socket = await openSocket(stream, { query: '?heartbeat=1', protocols: ['millrace.v1'] });
    using _sse = await openSse(stream);
    await expect.poll(() => socket.frames.length).toBeGreaterThan(1);
    expect(socket.frames[1]?.type).toBe('heartbeat');
    const before = newestKpis(socket.frames);
    const events = 300;
    const calls = Array.from({ length: events }, (_, index) =>
      observed(index < 298 ? 'PostToolUse' : 'PostToolUseFailure'),
    );
    expect((await postJson(`${server.url}/events`, calls)).status).toBe(201);
    const { kpis } = await stateOf(server);
    const expected = {
      processed_events: kpis.processed_events,
      events_per_minute: kpis.processed_events,
      failure_streak: { count: 2, of: 'session s1' },
      health: { state: 'degraded', reason: 'session s1 has failed 2 times in a row.' },
      clients: { connected: 2, slowest_lag: 0 },
      queue_depth: 0,
      ingestion: { mode: 'running', by: null, since: null },
    };
    expect(kpis.processed_events).toBeGreaterThanOrEqual(before.processed_events + events);
    await expect.poll(() => newestKpis(socket.frames), PATIENCE).toMatchObject(expected);
    // A page says the same, and so does the first heartbeat of a WebSocket that speaks no subprotocol.
    const { body } = await getPage(stream);
    expect(kpisSchema.parse(pageSchema.parse(body).heartbeat)).toMatchObject(expected);
    using plain = await openSocket(stream);
    await expect.poll(() => plain.frames.length).toBeGreaterThan(0);
    expect(newestKpis(plain.frames)).toMatchObject({ processed_events: kpis.processed_events });
  });

  test('know after a restart what went before it', async () => {
    await using first = await startServer({ dataDir });
    await postJson(`${first.url}/events`, ['PostToolUseFailure', 'PostToolUseFailure', 'Stop'].map(observed));
    const { kpis: before } = await stateOf(first);
    await first.stop('SIGKILL');
    await using second = await startServer({ dataDir });
    using socket = await openSocket({ url: `${second.url}/ops/stream` });
    await expect.poll(() => socket.frames.length).toBeGreaterThan(0);
    const after = newestKpis(socket.frames);
    expect(after.failure_streak).toEqual({ count: 2, of: 'session s1' });
    expect(after.processed_events).toBeGreaterThanOrEqual(before.processed_events);
    expect(after.events_per_minute).toBe(after.processed_events);
  });
});

describe('GET /api/ops/timeline', () => {
  const total = (rows: readonly { readonly events: number }[]) => rows.reduce((sum, { events }) => sum + events, 0);

  test('has every minute of its range, and as many events and failures as the log', async () => {
    await using server = await startServer();
    const calls = ['PostToolUseFailure', 'PostToolUse', 'PostToolUseFailure', 'Stop'];
    await postJson(`${server.url}/events`, calls.map(observed));
    for (const [range, minutes] of [
      ['1h', 60],
      ['6h', 360],
      ['24h', 1_440],
    ] as const) {
      const timeline = timelineSchema.parse(
        await (await fetch(`${server.url}/api/ops/timeline?range=${range}`)).json(),
      );
      expect([timeline.range, timeline.minutes.length]).toEqual([range, minutes]);
      const times = timeline.minutes.map(({ minute }) => Date.parse(minute));
      expect(times.every((time, index) => time - (times[0] ?? 0) === index * 60_000)).toBe(true);
      expect(total(timeline.minutes)).toBe(Number(timeline.cursor.split('.')[1]));
      expect(timeline.minutes.reduce((sum, { failures }) => sum + failures, 0)).toBe(2);
    }
    expect((await fetch(`${server.url}/api/ops/timeline?range=2h`)).status).toBe(400);
  });
});

describe('/ops/stream', () => {
  test('goes on after a cursor on any transport, without a gap or a repeat', async () => {
    await using system = await proposalsSystem();
    const ada = await system.person('ada', ['admin']);
    const stream = { url: `${system.url}/ops/stream` };
    const { cursor } = (await ada.get('/api/ops')).body;
    for (const mode of ['paused', 'running', 'paused', 'running'])
      await ada.call('PUT', '/api/ops/ingestion', { mode });
    const all = (await ada.poll('/ops/stream', cursor)).filter(({ type }) => type === 'ingestion');
    expect(all.map(({ mode }) => mode)).toEqual(['paused', 'running', 'paused', 'running']);
    const query = `?cursor=${all[1]?.cursor}`;
    using sse = await openSse(stream, { query });
    await expect.poll(() => sse.text.match(/event: ingestion/g)?.length).toBe(2);
    using socket = await openSocket(stream, { query });
    const modes = () => socket.frames.filter(({ type }) => type === 'ingestion').map(({ cursor: at }) => at);
    await expect.poll(modes).toEqual(all.slice(2).map(({ cursor: at }) => at));
  });

  test('begins with the connectors, and tells of their health as it changes', async () => {
    await using server = await startServer();
    const { connectors, cursor } = await stateOf(server);
    expect(connectors.map(({ id }) => id)).toEqual(['hooks', 'http']);
    using stream = await openSse({ url: `${server.url}/ops/stream` }, { query: `?cursor=${cursor}` });
    await expect.poll(() => stream.text).toContain('"id":"http"');
    await postJson(`${server.url}/api/messages`, { channel: 'c', user: 'u', text: 't' });
    await expect.poll(() => stream.text).toMatch(/"id":"http".*"liveness":"live","events_ingested":1/);
  });
});
