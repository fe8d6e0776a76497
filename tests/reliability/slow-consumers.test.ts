import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { millraceV1, plainStream } from '../../bench/load/dialect.ts';
import { eventRequest, readMarks } from '../../bench/load/events.ts';
import { openClients } from '../../bench/load/open-clients.ts';
import { publishPaced } from '../../bench/load/paced-publisher.ts';
import { openSseClients } from '../../bench/load/sse-clients.ts';
import { residentKib } from '../../bench/measure/process-figures.ts';
import { Samples } from '../../bench/measure/samples.ts';
import { readEvents } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { readMetric } from '../support/server-figures.ts';
import { startServerProcess } from '../support/server-process.ts';
import { openStalledReader, type StalledReader } from '../support/stalled-reader.ts';

// Readers that stop reading beside readers that don't: what it costs the others, and what waits for them in the server.

const SECONDS = Number(process.env.MILLRACE_TEST_STALL_SECONDS ?? 10);
const PER_SECOND = 100;
const COUNT = SECONDS * PER_SECOND;
/** Together more than the system's buffers of a connection hold, so that every stalled reader holds the server back. */
const PADDING_BYTES = 8 * 1024;
/** Their latency is that of a server that has yet to be compiled. */
const WARM_UP = PER_SECOND;
const HEALTHY_PER_KIND = { plain: 5, v1: 5, sse: 10 };
const STALLED = 50;
const STALLED_KINDS = ['websocket', 'websocket-v1', 'sse', 'sse'] as const;
/** Of one connection, in the server (P7). */
const MAX_BUFFER_BYTES = 256 * 1024;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-slow-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Publishes at an even pace to 20 healthy readers and so many stalled ones, which read on in the end. */
async function run(stalledCount: number) {
  // A stalled reader answers no ping; here it is to be kept.
  const under = ['env', 'MILLRACE_WS_PING_MS=600000'];
  await using server = await startServerProcess({ dataDir: join(folder, `data-${stalledCount}`), under });
  const port = Number(new URL(server.url).port);
  const history = new History();
  const sentAt: number[] = [];
  const latency = new Samples();
  const ofSecond = Array.from({ length: SECONDS }, () => new Samples());
  const received = new Map<string, number>();
  const receive = (reader: string, mark: number) => {
    if (mark >= WARM_UP) {
      const ms = performance.now() - (sentAt[mark] ?? Number.NaN);
      latency.add(ms);
      ofSecond[Math.floor(mark / PER_SECOND)]?.add(ms);
    }
    history.receive(reader, `${mark}`);
    received.set(reader, (received.get(reader) ?? 0) + 1);
  };
  using _healthy = await openHealthy(port, receive);
  using stalled = new DisposableStack();
  const stalledReaders: StalledReader[] = [];
  for (let index = 0; index < stalledCount; index += 1) {
    const transport = STALLED_KINDS[index % STALLED_KINDS.length] ?? 'sse';
    stalledReaders.push(stalled.use(await openStalledReader({ port, path: '/stream', transport })));
  }

  const refused = await publishPaced({
    port,
    perSecond: PER_SECOND,
    count: COUNT,
    request: (mark) => eventRequest(mark, PADDING_BYTES),
    onSent(mark, at) {
      sentAt[mark] = at;
      history.attempt(`${mark}`);
    },
    onAnswer: (mark, answer) => answer?.status === 201 && history.acknowledge(`${mark}`),
  });
  const healthyCount = Object.values(HEALTHY_PER_KIND).reduce((sum, count) => sum + count, 0);
  const allReceived = () => [...received.values()].filter((count) => count >= COUNT).length;
  await expect.poll(allReceived).toBe(healthyCount);
  await expect.poll(() => readMetric(server.url, 'millrace_readers_held_back')).toBe(stalledCount);

  const stalledBytes = stalledReaders.map(({ seen }) => seen.bytes);
  const residentMib = Math.round(residentKib(server.pid) / 1_024);
  const lag = await readMetric(server.url, 'millrace_slowest_reader_lag_events');
  // Ten at a time, so that what waits for them doesn't come at once.
  for (let first = 0; first < stalledCount; first += 10) {
    const some = stalledReaders.slice(first, first + 10);
    for (const reader of some) reader.readOn();
    const caughtUp = () => some.filter(({ seen }) => seen.marks.length >= COUNT || seen.resets > 0).length;
    await expect.poll(caughtUp).toBe(some.length);
  }
  for (const [index, reader] of stalledReaders.entries()) {
    for (const mark of reader.seen.marks) history.receive(`stalled ${index}`, `${mark}`);
  }
  await expect.poll(() => readMetric(server.url, 'millrace_readers_held_back')).toBe(0);

  const stored = (await readEvents(server.url)).map(({ id }) => `${markOf(id)}`);
  const [p50, p99] = latency.quantiles(0.5, 0.99);
  return {
    report: history.check(stored),
    refused,
    lag,
    residentMib,
    /** What they had read before they stopped. */
    stalledBytes,
    resets: stalledReaders.reduce((sum, reader) => sum + reader.seen.resets, 0),
    p50Ms: rounded(p50),
    p99Ms: rounded(p99),
    /** One pause of the machine makes the whole run's p99, but not that of its median second. */
    p99OfMedianSecondMs: rounded(
      median(ofSecond.slice(WARM_UP / PER_SECOND).map((second) => second.quantiles(0.99)[0])),
    ),
    largestBufferBytes: {
      websocket: await readMetric(server.url, 'millrace_socket_buffer_max_bytes{transport="websocket"}'),
      sse: await readMetric(server.url, 'millrace_socket_buffer_max_bytes{transport="sse"}'),
    },
  };
}

async function openHealthy(port: number, receive: (reader: string, mark: number) => void): Promise<Disposable> {
  const stack = new DisposableStack();
  const { plain, v1, sse } = HEALTHY_PER_KIND;
  for (const [name, dialect, count] of [['plain', plainStream, plain] as const, ['v1', millraceV1, v1] as const]) {
    stack.use(
      await openClients({
        port,
        dialect,
        count,
        onEvents: (client, _count, bytes, start, end) =>
          readMarks(bytes, start, end, (mark) => receive(`${name} ${client}`, mark)),
      }),
    );
  }
  stack.use(await openSseClients(port, sse, (mark, client) => receive(`sse ${client}`, mark)));
  return stack;
}

function markOf(summary: string): number {
  return Number(/^mark (\d+)/.exec(summary)?.[1]);
}

function latencyOf({ p50Ms, p99Ms, p99OfMedianSecondMs, residentMib }: Awaited<ReturnType<typeof run>>) {
  return { p50Ms, p99Ms, p99OfMedianSecondMs, residentMib };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

test(`${STALLED} stalled readers cost 20 healthy ones nothing, hold little of the server, and miss nothing`, async () => {
  const without = await run(0);
  const beside = await run(STALLED);
  showFigures({
    promise: 'P7',
    about: `others' p99 with and without ${STALLED} stalled readers`,
    figures: {
      events: COUNT,
      perSecond: PER_SECOND,
      without: latencyOf(without),
      with: latencyOf(beside),
      lagOfStalled: beside.lag,
    },
  });
  showFigures({ promise: 'P7', about: 'largest buffer seen', figures: { bytes: beside.largestBufferBytes } });

  for (const { report, refused } of [without, beside]) {
    expect(refused).toBe(0);
    expect(report).toMatchObject({ acked: COUNT, lost: 0, phantom: 0, dup: 0, reorder: 0 });
  }
  expect(beside.resets).toBe(0);
  // Not vacuous: the server was held back by every one of them, with the larger part of what they had to get.
  expect(beside.lag).toBeGreaterThan(COUNT / 4);
  expect(Math.max(...beside.stalledBytes)).toBeLessThan(PADDING_BYTES);
  for (const bytes of Object.values(beside.largestBufferBytes)) {
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MAX_BUFFER_BYTES);
  }
});
