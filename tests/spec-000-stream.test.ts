import { describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { opsStateSchema } from '../src/surfaces/ops/events.ts';
import { openSse } from './support/feed-peers.ts';

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
      processed_events: Number(after.cursor.split('.')[1]),
    });
    expect(after.kpis.processed_events).toBeGreaterThanOrEqual(before.kpis.processed_events + calls.length);
    await postJson(`${server.url}/events`, observed('PostToolUse'));
    expect((await stateOf(server)).kpis).toMatchObject({ health: { state: 'healthy' }, failure_streak: { count: 0 } });
  });
});

describe('/ops/stream', () => {
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
