import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { residentKib } from '../../bench/measure/process-figures.ts';
import { buildVariant } from '../support/build-variant.ts';
import { postEvent } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { readHeapCounts, withHeapReport } from '../support/heap-counts.ts';
import { seededRandom, testSeed } from '../support/seeded-random.ts';
import { readMetrics } from '../support/server-figures.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { COURSES, type CourseName, goCourse } from '../support/short-connections.ts';

// Clients that come and go in every way: whatever the server held for them must be gone after them.

const CONNECTS = Number(process.env.MILLRACE_TEST_CONNECTS ?? 20_000);
/** Go first, so that what any first client costs, and what is kept for the next ones, is there already. */
const WARM_UP = 4_000;
const AT_ONCE = 64;
/** An event now and then finds all kinds of connections in all states. */
const CONNECTS_PER_EVENT = 50;
/** One object of a kind for so many connections would be a leak; caches and timers come and go with fewer. */
const CONNECTS_PER_LEAK = 20;
/** The test's own connections are not to be counted among the files. */
const NO_CONNECTION_LEFT = { connection: 'close' };
/** Resident memory comes and goes by as much at any number of connects: the heap is as large as the collector thinks fit. */
const RESIDENT_LEEWAY_MIB = 80;
const NAMES = Object.keys(COURSES) as CourseName[];
const OPEN_PARTS = ['connections', 'readers_held_back', 'readers_waiting', 'views', 'deadlines'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-leaks-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a server holds. */
async function holdings({ url, pid }: ServerProcess, heapSocket: string) {
  const metrics = await readMetrics(url);
  const readers = [...metrics].filter(([name]) => name.startsWith('millrace_readers{'));
  return {
    open: OPEN_PARTS.map((name) => metrics.get(`millrace_${name}`)),
    readers: readers.reduce((sum, [, count]) => sum + count, 0),
    files: readdirSync(`/proc/${pid}/fd`).length,
    objects: await readHeapCounts(heapSocket),
    residentMib: Math.round(residentKib(pid) / 1_024),
  };
}

/** Lets clients come and go at a server of these sources, and compares what it holds after the first and after all. */
async function comeAndGo(connects: number, root?: string) {
  const seed = testSeed();
  const random = seededRandom(seed);
  const heapSocket = join(folder, 'heap.sock');
  await using server = await startServerProcess({
    dataDir: join(folder, 'data'),
    under: withHeapReport(heapSocket),
    ...(root ? { root } : {}),
  });
  const port = Number(new URL(server.url).port);
  const gone = new Map<CourseName, number>(NAMES.map((name) => [name, 0]));
  const go = async (count: number) => {
    let next = 0;
    const lane = async () => {
      for (let number = next++; number < count; number = next++) {
        if (number % CONNECTS_PER_EVENT === 0) await postEvent(server.url, `event ${number}`, NO_CONNECTION_LEFT);
        const name = NAMES[Math.floor(random() * NAMES.length)] ?? 'a page';
        await goCourse(port, name);
        gone.set(name, (gone.get(name) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  };
  const settled = async () => {
    const nothing = OPEN_PARTS.map(() => 0);
    const isOpen = async () => (await holdings(server, heapSocket)).open;
    await expect.poll(isOpen, { interval: 100 }).toEqual(nothing);
    return holdings(server, heapSocket);
  };

  await go(WARM_UP);
  const before = await settled();
  await go(connects - WARM_UP);
  const after = await settled();
  const grown = [...after.objects]
    .map(([kind, count]) => ({ kind, by: count - (before.objects.get(kind) ?? 0) }))
    .sort((a, b) => b.by - a.by);
  return {
    seed,
    before,
    after,
    grown,
    gone,
    leaked: grown.filter(({ by }) => by > (connects - WARM_UP) / CONNECTS_PER_LEAK),
  };
}

test(`${CONNECTS} clients that come and go in every way leave nothing behind`, async () => {
  const { seed, before, after, grown, gone, leaked } = await comeAndGo(CONNECTS);
  const figuresOf = ({ files, residentMib, readers }: typeof after) => ({ files, residentMib, readers });
  showFigures({
    promise: 'P8',
    about: 'connects and disconnects',
    figures: {
      seed,
      connects: CONNECTS,
      before: figuresOf(before),
      after: figuresOf(after),
      grownMost: grown.slice(0, 5),
    },
  });
  expect(after.readers).toBe(0);
  expect(after.files).toBeLessThanOrEqual(before.files);
  expect(leaked).toEqual([]);
  expect(after.residentMib).toBeLessThan(before.residentMib + RESIDENT_LEEWAY_MIB);
  // Not vacuous: every course was gone, and often.
  expect(Math.min(...gone.values())).toBeGreaterThan(CONNECTS / NAMES.length / 2);
});

test('negative control: a timer that a stream leaves behind is noticed', async () => {
  using variant = buildVariant({
    file: 'src/engine/transports/sse.ts',
    from: '    this.#options = options;\n',
    to: '    this.#options = options;\n    setTimeout(() => {}, 600_000);\n',
  });
  const { leaked } = await comeAndGo(2 * WARM_UP, variant.root);
  showFigures({ promise: 'P8', about: 'negative control, a timer left behind', figures: { leaked } });
  expect(leaked.map(({ kind }) => kind)).toContain('Timeout');
});
