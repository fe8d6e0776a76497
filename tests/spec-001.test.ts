import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import {
  auditPageSchema,
  latestSchema,
  type ReconciliationEvent,
  reconciliationEventSchema,
  reportAcceptedSchema,
} from '../src/surfaces/reconciliation/events.ts';
import { openEventSource } from './support/event-source.ts';
import { startRunningTime } from './support/running-time.ts';

// specs/001 "Acceptance Criteria", the server's part. The server is a process of its own, as a user runs it.

/** AC-1: "received via SSE within 1 second". */
const LIMIT_MS = 1_000;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ env: { MILLRACE_SSE_HEARTBEAT_MS: '100', MILLRACE_SELF_CHECK_MS: '5000' } });
});

afterAll(async () => {
  await server.stop();
});

async function report(url: string, value: unknown) {
  const response = await fetch(`${url}/reconciliation/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  expect(response.status).toBe(202);
  return reportAcceptedSchema.parse(await response.json());
}

async function latest(url: string): Promise<readonly ReconciliationEvent[]> {
  return latestSchema.parse(await (await fetch(`${url}/reconciliation/latest`)).json()).services;
}

describe('AC-1: an event is received via SSE within 1 second', () => {
  test('50 reports, from the request to the event', async () => {
    using stream = await openEventSource(`${server.url}/reconciliation/stream`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    await report(server.url, { service: 'billing', side: 'expected', counts: { invoices: 1 } });
    const latencies: number[] = [];
    for (let round = 1; round <= 50; round += 1) {
      using time = startRunningTime();
      const sentAt = Date.now();
      const { eventId, status } = await report(server.url, {
        service: 'billing',
        side: 'actual',
        counts: { invoices: round % 2 },
      });
      const event = await stream.next(({ data }) => data.eventId === eventId);
      latencies.push(event.at - sentAt);
      expect(time.ms).toBeLessThan(LIMIT_MS);
      expect(event.name).toBe('reconciliation.update');
      expect(event.id).toBe(String(event.data.cursor));
      const update = reconciliationEventSchema.parse(event.data);
      expect(update).toMatchObject({ service: 'billing', status, counts: { invoices: round % 2 } });
      expect(status).toBe(round % 2 === 1 ? 'verified' : 'discrepancy');
    }
    latencies.sort((a, b) => a - b);
    console.log(`report to SSE event: ${latencies.length}, p50 ${latencies[24]} ms, p95 ${latencies[47]} ms`);
  });

  test('what the stream shows is what the poll target and the audit show', async () => {
    using stream = await openEventSource(`${server.url}/reconciliation/stream`);
    const { eventId } = await report(server.url, { service: 'search', side: 'actual', counts: { documents: 3 } });
    const { data } = await stream.next((event) => event.data.eventId === eventId);
    expect((await latest(server.url)).find(({ service }) => service === 'search')).toEqual(
      reconciliationEventSchema.parse(data),
    );
    const audit = await fetch(`${server.url}/reconciliation/audit?service=search`);
    const page = auditPageSchema.parse(await audit.json());
    expect(page).toMatchObject({ data: [data], meta: { page: 1, limit: 50, total: 1, totalPages: 1 } });
  });
});

describe('AC-2: the server can be polled while the stream is away', () => {
  test('a poll goes on from where the stream was, without a gap or a repeat', async () => {
    const stream = await openEventSource(`${server.url}/reconciliation/stream`);
    const first = await report(server.url, { service: 'queue', side: 'actual', counts: { jobs: 1 } });
    const { id = '' } = await stream.next(({ data }) => data.eventId === first.eventId);
    stream[Symbol.dispose]();
    const second = await report(server.url, { service: 'queue', side: 'expected', counts: { jobs: 1 } });
    const url = `${server.url}/reconciliation/stream?cursor=${id}`;
    const page = (await (await fetch(url, { headers: { accept: 'application/json' } })).json()) as {
      events: ReconciliationEvent[];
    };
    const ofQueue = page.events.filter(({ service }) => service === 'queue');
    expect(ofQueue.map(({ eventId, status }) => [eventId, status])).toEqual([[second.eventId, 'verified']]);
  });
});

describe('AC-3: the server sends heartbeats', () => {
  test('as events that an EventSource sees, with the time and the position', async () => {
    using stream = await openEventSource(`${server.url}/reconciliation/stream`);
    const { data, id } = await stream.next(({ name }) => name === 'heartbeat');
    expect(Date.parse(String(data.at))).toBeGreaterThan(Date.now() - 10_000);
    expect(data.cursor).toBe(id);
  });

  test('every 15 s unless it is configured otherwise, which the client is told', async () => {
    await using other = await startServer();
    using stream = await openEventSource(`${other.url}/reconciliation/stream`);
    expect(stream.received[0]?.data).toMatchObject({ type: 'hello', heartbeatMs: 15_000 });
  });
});

test('from the first start there are services: what Millrace checks of itself', async () => {
  const own = async () =>
    (await latest(server.url)).flatMap(({ service, status }) =>
      service.startsWith('millrace/') ? [[service, status]] : [],
    );
  await expect.poll(own).toEqual([
    ['millrace/channels', 'verified'],
    ['millrace/events', 'verified'],
    ['millrace/messages', 'verified'],
    ['millrace/projections', 'verified'],
    ['millrace/users', 'verified'],
  ]);
});

test('a service that reports no more goes stale on the stream, also when the server was down meanwhile', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-spec-001-'));
  const env = { MILLRACE_STALE_AFTER_MS: '1000' };
  try {
    const first = await startServer({ dataDir, env });
    {
      using stream = await openEventSource(`${first.url}/reconciliation/stream`);
      await report(first.url, { service: 'nightly', side: 'actual', counts: { rows: 1 } });
      const stale = await stream.next(({ data }) => data.staleReason === 'no_report');
      expect(reconciliationEventSchema.parse(stale.data)).toMatchObject({ service: 'nightly', status: 'stale' });
      await report(first.url, { service: 'nightly', side: 'expected', counts: { rows: 1 } });
    }
    await first.stop('SIGKILL');
    await using second = await startServer({ dataDir, env });
    await expect
      .poll(() => latest(second.url))
      .toMatchObject([{ service: 'nightly', status: 'stale', staleReason: 'no_report', expectedCounts: { rows: 1 } }]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a client error is taken with 202 and stands in the audit', async () => {
  const response = await fetch(`${server.url}/audit/client-error`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'x is undefined', url: `${server.url}/events` }),
  });
  expect(response.status).toBe(202);
  const { eventId } = (await response.json()) as { eventId: string };
  const { data } = auditPageSchema.parse(await (await fetch(`${server.url}/reconciliation/audit`)).json());
  expect(data).toContainEqual(expect.objectContaining({ eventId, type: 'client.error', message: 'x is undefined' }));
});

test.each([
  [{ service: 's', side: 'actual', counts: { a: -1 } }, 'counts.a'],
  [{ service: 's', side: 'neither', counts: {} }, 'side'],
])('the bad report %j is refused in the common form of errors', async (body, path) => {
  const response = await fetch(`${server.url}/reconciliation/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: 'invalid_request', details: { issues: [{ path }] }, traceId: expect.any(String) },
  });
});
