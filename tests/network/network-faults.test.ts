import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as lasts } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postEvent, readEvents } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { seededRandom, testSeed } from '../support/seeded-random.ts';
import { startServerProcess } from '../support/server-process.ts';
import { ROUTES, type Route, StruckClient } from './struck-client.ts';

// What clients make of it when the network between them and a server fails.

/** One event. */
const PUBLISH_EVERY_MS = 10;
const CLIENTS_PER_ROUTE = 4;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-network-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** When a fault began, and when the network worked again, on the monotonic clock. */
interface Strike {
  readonly beganAt: number;
  readonly backAt: number;
}

type Fault = (client: StruckClient, random: () => number) => Promise<Strike>;

async function until(met: () => boolean): Promise<number> {
  await expect.poll(met, { interval: 2 }).toBe(true);
  return performance.now();
}

const atOnce = (at: number): Strike => ({ beganAt: at, backAt: at });

const faults = {
  async cut({ proxy }) {
    const at = performance.now();
    proxy.cut();
    return atOnce(at);
  },
  async 'cut in the middle'({ proxy }, random) {
    const before = proxy.met.cutInTheMiddle;
    proxy.cutAfter(1 + Math.floor(random() * 150));
    return atOnce(await until(() => proxy.met.cutInTheMiddle > before));
  },
  async 'byte by byte, then cut'({ proxy }, random) {
    const { sliced, cutInTheMiddle } = proxy.met;
    proxy.slice(600);
    await until(() => proxy.met.sliced >= sliced + 600);
    proxy.cutAfter(1 + Math.floor(random() * 150));
    return atOnce(await until(() => proxy.met.cutInTheMiddle > cutInTheMiddle));
  },
  async 'late, then cut'({ proxy }, random) {
    const { delayed } = proxy.met;
    proxy.delay(20 + Math.floor(random() * 130));
    await until(() => proxy.met.delayed >= delayed + 5);
    const at = performance.now();
    proxy.cut();
    return atOnce(at);
  },
  /** The client tries again at once, so that it may be in vain. */
  async 'gone for a moment'({ proxy }, random) {
    const beganAt = performance.now();
    proxy.away(true);
    await lasts(50 + Math.floor(random() * 650));
    proxy.away(false);
    return { beganAt, backAt: performance.now() };
  },
  /** The runtime says so, as a browser does; the client has tried in vain meanwhile. */
  async offline(client) {
    const { proxy } = client;
    const { refused } = proxy.met;
    const beganAt = performance.now();
    proxy.away(true);
    client.setOnline(false);
    await until(() => proxy.met.refused > refused);
    proxy.away(false);
    client.setOnline(true);
    return { beganAt, backAt: performance.now() };
  },
  /** Nobody is told: the connection stays, and no byte passes. */
  async stall({ proxy }) {
    const { frozen } = proxy.met;
    const at = performance.now();
    proxy.freeze();
    expect(proxy.met.frozen).toBeGreaterThan(frozen);
    return atOnce(at);
  },
} satisfies Record<string, Fault>;
type FaultName = keyof typeof faults;
const ALL = Object.keys(faults) as FaultName[];
/** A poll that finds its idle connection cut opens another, and one that comes late enough finds the network back. */
const UNSEEN_BY_POLLS: readonly FaultName[] = ['cut', 'gone for a moment'];

interface Measured {
  readonly fault: FaultName;
  readonly route: Route;
  /** From the fault until the client showed it; undefined where polls go on in silence. */
  readonly shownMs: number | undefined;
  /** From the return of the network, or of a stall from its being shown, until the first event. */
  readonly resumedMs: number;
}

async function strike(client: StruckClient, fault: FaultName, random: () => number): Promise<Measured> {
  const { route, proxy } = client;
  const total = () => Object.values(proxy.met).reduce((sum, count) => sum + count, 0);
  await client.thrives();
  const before = total();
  client.forget();
  const { beganAt, backAt } = await faults[fault](client, random);
  if (route === 'poll') client.forget();
  const shownAt = route === 'poll' ? undefined : await client.showsLoss();
  const resumedAt = await client.resumes();
  proxy.delay(0);
  // Not vacuous: it has met something.
  expect(total()).toBeGreaterThan(before);
  return {
    fault,
    route,
    shownMs: shownAt === undefined ? undefined : shownAt - beganAt,
    resumedMs: resumedAt - (fault === 'stall' && shownAt !== undefined ? shownAt : backAt),
  };
}

/** Every fault that this client can see, in any order. */
async function strikeAll(client: StruckClient, random: () => number): Promise<Measured[]> {
  const seen = ALL.filter((fault) => client.route !== 'poll' || !UNSEEN_BY_POLLS.includes(fault));
  const order = seen.map((fault) => ({ fault, at: random() })).sort((left, right) => left.at - right.at);
  const measured: Measured[] = [];
  for (const { fault } of order) measured.push(await strike(client, fault, random));
  return measured;
}

function spread(values: readonly number[]) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function publishUntil(url: string, history: History, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const id = `event-${number}`;
    history.attempt(id);
    if ((await postEvent(url, id))?.status === 201) history.acknowledge(id);
    await lasts(PUBLISH_EVERY_MS);
  }
}

test('clients that are cut off, delayed, sliced and stalled come back without a gap or a repeat', async () => {
  const seed = testSeed();
  await using server = await startServerProcess({ dataDir: join(folder, 'data') });
  const history = new History();
  const writing = new AbortController();
  const page = await fetch(`${server.url}/stream?cursor=earliest`, { headers: { accept: 'application/json' } });
  const { cursor } = (await page.json()) as { cursor: string };
  const publishing = publishUntil(server.url, history, writing.signal);
  await using clients = new AsyncDisposableStack();
  const port = Number(new URL(server.url).port);
  const started = await Promise.all(
    ROUTES.flatMap((route) =>
      Array.from({ length: CLIENTS_PER_ROUTE }, (_, index) =>
        StruckClient.start({ port, route, name: `${route} ${index}`, cursor, history }),
      ),
    ),
  );
  for (const client of started) clients.use(client);
  const measured = (
    await Promise.all(started.map((client, index) => strikeAll(client, seededRandom(seed + index))))
  ).flat();
  writing.abort();
  await publishing;
  const stored = (await readEvents(server.url)).map(({ id }) => id);
  for (const { name } of started) {
    await expect.poll(() => history.receivedBy(name)).toBeGreaterThanOrEqual(stored.length);
  }

  const report = history.check(stored);
  const times = (member: 'shownMs' | 'resumedMs', wanted: (one: Measured) => boolean) =>
    spread(measured.filter(wanted).flatMap((one) => one[member] ?? []));
  const isStall = ({ fault }: Measured) => fault === 'stall';
  const isPoll = ({ route }: Measured) => route === 'poll';
  const figures = {
    seed,
    faults: measured.length,
    ...report,
    lossShownMs: times('shownMs', (one) => !isStall(one)),
    stallShownMs: times('shownMs', isStall),
    resumedMs: times('resumedMs', (one) => !isPoll(one)),
    pollResumedMs: times('resumedMs', (one) => isPoll(one) && !isStall(one)),
  };
  showFigures({ promise: 'P11', about: 'faults of the network', figures });
  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0, unknown: 0 });
  expect(started.flatMap(({ problems }) => problems)).toEqual([]);
  const counted = (route: Route) => measured.filter((one) => one.route === route).length;
  expect(ROUTES.map(counted)).toEqual([7, 7, 5].map((kinds) => kinds * CLIENTS_PER_ROUTE));
});
