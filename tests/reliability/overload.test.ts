import { Database } from 'bun:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runClosedLoop } from '../../bench/load/closed-loop.ts';
import { batchRequest } from '../../bench/load/events.ts';
import type { HttpAnswer } from '../../bench/load/http-connection.ts';
import { publishPaced } from '../../bench/load/paced-publisher.ts';
import { residentKib } from '../../bench/measure/process-figures.ts';
import { postEvent } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { startServerProcess } from '../support/server-process.ts';

// Publishers that send three times what the server can store, and don't wait for its answers.

const SECONDS = Number(process.env.MILLRACE_TEST_OVERLOAD_SECONDS ?? 15);
const TIMES = 3;
const EVENTS_PER_REQUEST = 100;
const CAPACITY = { connections: 8, warmUpMs: 1_000, durationMs: 3_000 };
const LOOK_EVERY_MS = 250;
/** Of resident memory, the last third compared with the first. */
const FLAT_FACTOR = 1.5;
const SINGLES_AFTER = 100;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-overload-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of the events that capacity is measured with. */
const MEASURED = 999_999_999;

/** Requests per second that are answered 201 when nobody sends more than is answered. */
async function measureCapacity(port: number): Promise<number> {
  const { perSecond } = await runClosedLoop({
    port,
    ...CAPACITY,
    next: () => batchRequest(MEASURED, EVENTS_PER_REQUEST),
    acknowledged: ({ status }) => (status === 201 ? 1 : 0),
  });
  return perSecond;
}

/** Looks at a server again and again until it is told to stop. */
function watch(url: string, pid: number, signal: AbortSignal) {
  const seen = { residentMib: [] as number[], healthy: 0, unhealthy: 0, slowestHealthMs: 0 };
  const look = async () => {
    while (!signal.aborted) {
      const askedAt = performance.now();
      const status = await fetch(`${url}/healthz`).then(
        (response) => response.status,
        () => 0,
      );
      seen.slowestHealthMs = Math.max(seen.slowestHealthMs, Math.round(performance.now() - askedAt));
      seen[status === 200 ? 'healthy' : 'unhealthy'] += 1;
      seen.residentMib.push(residentKib(pid) / 1_024);
      await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  };
  return { seen, done: look() };
}

/** Each stored request once, in order; the events of a request must stand together and be all there. */
function readStored(dataDir: string): { readonly ids: string[]; readonly torn: number } {
  using database = new Database(join(dataDir, 'millrace.db'), { readonly: true });
  const stored = database
    .query<{ summary: string; events: number; first: number; last: number }, [string]>(
      `SELECT body ->> '$.summary' AS summary, count(*) AS events, min(seq) AS first, max(seq) AS last
       FROM log WHERE body ->> '$.summary' LIKE ? GROUP BY 1 ORDER BY first`,
    )
    .all('mark %');
  const rows = stored.filter(({ summary }) => markOf(summary) !== `${MEASURED}`);
  const whole = rows.filter(({ events, first, last }) => events === EVENTS_PER_REQUEST && last - first === events - 1);
  return { ids: rows.map(({ summary }) => markOf(summary)), torn: rows.length - whole.length };
}

function markOf(summary: string): string {
  return `${Number(/^mark (\d+)/.exec(summary)?.[1])}`;
}

test(`${TIMES} times its capacity for ${SECONDS} s: refusals say when, memory stays flat, nothing acknowledged is lost`, async () => {
  const dataDir = join(folder, 'data');
  await using server = await startServerProcess({ dataDir });
  const port = Number(new URL(server.url).port);
  // On the same server, so that its memory is that of one at work when the flood begins.
  const capacity = await measureCapacity(port);
  const history = new History();
  const refused = new Set<string>();
  const answers = { stored: 0, tooMany: 0, unavailable: 0, cut: 0, others: 0, withoutRetryAfter: 0 };
  const take = (mark: number, answer: HttpAnswer | undefined) => {
    if (answer?.status === 201) {
      answers.stored += 1;
      history.acknowledge(`${mark}`);
      return;
    }
    if (answer === undefined) answers.cut += 1;
    else if (answer.status === 429) answers.tooMany += 1;
    else if (answer.status === 503) answers.unavailable += 1;
    else answers.others += 1;
    if (answer && !/\r\nretry-after: [1-9]\d*\r\n/i.test(`${answer.head}\r\n`)) answers.withoutRetryAfter += 1;
    if (answer?.status === 429) refused.add(`${mark}`);
  };
  const watching = new AbortController();
  const { seen, done } = watch(server.url, server.pid, watching.signal);
  const count = Math.round(capacity * TIMES * SECONDS);
  const startedAt = performance.now();
  await publishPaced({
    port,
    perSecond: capacity * TIMES,
    count,
    request: (mark) => batchRequest(mark, EVENTS_PER_REQUEST),
    onSent: (mark) => history.attempt(`${mark}`),
    onAnswer: take,
  });
  const tookS = (performance.now() - startedAt) / 1_000;
  watching.abort();
  await done;

  const afterwards: (number | undefined)[] = [];
  for (let single = 0; single < SINGLES_AFTER; single += 1) {
    afterwards.push((await postEvent(server.url, `afterwards ${single}`))?.status);
  }
  await server.stop();
  const { ids, torn } = readStored(dataDir);
  const report = history.check(ids);
  const third = Math.floor(seen.residentMib.length / 3);
  const mean = (values: readonly number[]) => Math.round(values.reduce((sum, one) => sum + one, 0) / values.length);
  const [firstMib, lastMib] = [mean(seen.residentMib.slice(0, third)), mean(seen.residentMib.slice(-third))];
  showFigures({
    promise: 'P8',
    about: `${TIMES} times the capacity`,
    figures: {
      capacityEventsPerS: Math.round(capacity * EVENTS_PER_REQUEST),
      offeredEventsPerS: Math.round((count * EVENTS_PER_REQUEST) / tookS),
      tookS: Math.round(tookS * 10) / 10,
      requests: count,
      ...answers,
      residentMib: { firstThird: firstMib, lastThird: lastMib, most: Math.round(Math.max(...seen.residentMib)) },
      looks: seen.healthy + seen.unhealthy,
      slowestHealthMs: seen.slowestHealthMs,
      ...report,
    },
  });

  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0 });
  expect(torn).toBe(0);
  expect(ids.filter((id) => refused.has(id))).toEqual([]);
  expect(answers).toMatchObject({ others: 0, withoutRetryAfter: 0 });
  expect(seen.unhealthy).toBe(0);
  expect(lastMib).toBeLessThan(firstMib * FLAT_FACTOR);
  expect(afterwards).toEqual(Array.from({ length: SINGLES_AFTER }, () => 201));
  // Not vacuous: it was too much, and looked at all the while.
  expect(answers.tooMany + answers.unavailable).toBeGreaterThan(answers.stored / 10);
  expect(answers.stored).toBeGreaterThan(0);
  expect(seen.healthy).toBeGreaterThan(SECONDS);
});
