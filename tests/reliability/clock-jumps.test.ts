import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildVariant } from '../support/build-variant.ts';
import { postEvent, publish, readEvents, subscribe } from '../support/event-clients.ts';
import { openEventSource } from '../support/event-source.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { openSocket } from '../support/feed-peers.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { proposalsSystem } from '../support/proposals-system.ts';
import { TRANSPORTS } from '../support/raw-feed.ts';
import { startServerProcess } from '../support/server-process.ts';

// The wall clock of a real server is set forwards and back while it is written to and read from.

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** How far the wall clock is ahead, one after the other. */
const JUMPS = [5 * HOUR_MS, -3 * DAY_MS, 2 * HOUR_MS, -9 * DAY_MS, 2 * DAY_MS, 0];
const EVENTS_PER_JUMP = 100;
const HEARTBEAT_MS = 1_000;
/** Nothing came: more than any watchdog waits for. */
const SILENCE_MS = 8 * HEARTBEAT_MS;
/** A ping is due many times between two jumps. */
const PINGS = { MILLRACE_WS_PING_MS: '300', MILLRACE_WS_PONG_TIMEOUT_MS: '2000' };
/** A connection of a token that is over ends within this (PROMISES P10). */
const LIMIT_MS = 5_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-jumps-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether it comes about before it has been silent for too long. */
async function comesAbout(condition: () => boolean): Promise<boolean> {
  return expect
    .poll(condition, { timeout: SILENCE_MS, interval: 10 })
    .toBe(true)
    .then(
      () => true,
      () => false,
    );
}

interface Jumping {
  readonly clock: FakeClock;
  readonly jumps: readonly number[];
  /** Folder of the sources that are run. Default: this repository. */
  readonly root?: string;
}

interface Beats {
  /** Heartbeats so far. */
  count(): number;
  /** The time of the newest one by the server's wall clock. */
  serverTime(): number;
}

/** Jumps, kills the server in the past, and counts what should not be. */
async function jump({ clock, jumps, root }: Jumping) {
  const options = { dataDir: join(folder, 'data'), env: { ...clock.env, ...PINGS }, ...(root ? { root } : {}) };
  let server = await startServerProcess(options);
  let serving = Promise.resolve(server.url);
  const reachable = { url: () => serving };
  const history = new History();
  const reading = new AbortController();
  const writing = new AbortController();
  const subscribers = TRANSPORTS.map((transport) =>
    subscribe({ server: reachable, history, transport, signal: reading.signal }),
  );
  const publishers = ['a', 'b', 'c'].map((name) =>
    publish({ server: reachable, history, name, insists: true, signal: writing.signal }),
  );
  const feed = { url: `${server.url}/stream` };
  const counts = { jumps: 0, seen: 0, silent: 0, floods: 0, lostConnections: 0, wrongRepeats: 0 };
  {
    using socket = await openSocket(feed, { query: '?heartbeat=1', protocols: ['millrace.v1'] });
    using stream = await openEventSource(`${feed.url}?heartbeat=1`);
    const beatsOf = (all: () => readonly Readonly<Record<string, unknown>>[]): Beats => ({
      count: () => all().length,
      serverTime: () => Date.parse(String(all().at(-1)?.at)),
    });
    const beats = [
      beatsOf(() => socket.frames.filter(({ type }) => type === 'heartbeat')),
      beatsOf(() => stream.received.filter(({ name }) => name === 'heartbeat').map(({ data }) => data)),
    ];
    const startedAt = performance.now();
    for (const aheadMs of jumps) {
      const before = beats.map((one) => one.count());
      const goal = history.acknowledged + EVENTS_PER_JUMP;
      clock.set(aheadMs);
      counts.jumps += 1;
      const isThere = ({ serverTime }: Beats) => Math.abs(serverTime() - Date.now() - aheadMs) < HOUR_MS / 2;
      if (await comesAbout(() => beats.every(isThere))) counts.seen += 1;
      if (!(await comesAbout(() => beats.every((one, index) => one.count() >= (before[index] ?? 0) + 2)))) {
        counts.silent += 1;
      }
      await expect.poll(() => history.acknowledged).toBeGreaterThan(goal);
      const again = await postEvent(server.url, 'a-0', { 'idempotency-key': 'a-0' });
      const other = await postEvent(server.url, 'other', { 'idempotency-key': 'a-0' });
      if (again?.status !== 201 || other?.status !== 409) counts.wrongRepeats += 1;
    }
    const most = (performance.now() - startedAt) / HEARTBEAT_MS + 2;
    for (const one of beats) if (one.count() > most) counts.floods += 1;
    const isOpen = [socket.socket.readyState === WebSocket.OPEN, !(await isSettled(stream.ended))];
    counts.lostConnections += isOpen.filter((is) => !is).length;
  }
  writing.abort();
  await Promise.all(publishers);
  // A new life begins in the past.
  const next = Promise.withResolvers<string>();
  serving = next.promise;
  await server.stop('SIGKILL');
  clock.set(-2 * DAY_MS);
  server = await startServerProcess(options);
  next.resolve(server.url);
  history.attempt('last');
  if ((await postEvent(server.url, 'last'))?.status === 201) history.acknowledge('last');
  const stored = (await readEvents(server.url)).map(({ id }) => id);
  for (const transport of TRANSPORTS) {
    await expect.poll(() => history.receivedBy(transport)).toBe(stored.length);
  }
  reading.abort();
  // One for each life of the server.
  const connections = await Promise.all(subscribers);
  counts.lostConnections += connections.reduce((sum, count) => sum + count - 2, 0);
  const timesBack = await countTimesBack(server.url);
  await server.stop();
  return { ...history.check(stored), ...counts, timesBack };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

/** How often an event was committed by a wall clock that was hours behind that of the event before. */
async function countTimesBack(url: string): Promise<number> {
  let cursor = 'earliest';
  let last = 0;
  let back = 0;
  for (let isUpToDate = false; !isUpToDate; ) {
    const response = await fetch(`${url}/stream?cursor=${cursor}`, { headers: { accept: 'application/json' } });
    const page = (await response.json()) as {
      events: { data: { created_at: string } }[];
      cursor: string;
      upToDate: boolean;
    };
    for (const { data } of page.events) {
      const at = Date.parse(data.created_at);
      if (at < last - HOUR_MS) back += 1;
      last = at;
    }
    ({ cursor, upToDate: isUpToDate } = page);
  }
  return back;
}

test('jumps of the wall clock, both ways, change no order, no key, no connection and no heartbeat', async () => {
  using clock = fakeClock();
  const report = await jump({ clock, jumps: JUMPS });
  showFigures({ promise: 'P14', about: 'jumps of the wall clock', figures: report });
  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0, unknown: 0 });
  expect(report).toMatchObject({ silent: 0, floods: 0, lostConnections: 0, wrongRepeats: 0 });
  // Not vacuous: the server saw every jump, and its log has the times of them.
  expect(report.seen).toBe(JUMPS.length);
  expect(report.timesBack).toBe(4);
});

test('negative control: the same jumps show a server whose deadlines go by the wall clock', async () => {
  using variant = buildVariant({
    file: 'src/engine/clock.ts',
    from: 'monotonic: () => performance.now(),',
    to: 'monotonic: () => Date.now(),',
  });
  using clock = fakeClock();
  const report = await jump({ clock, jumps: JUMPS.slice(0, 2), root: variant.root });
  showFigures({ promise: 'P14', about: 'negative control, deadlines by the wall clock', figures: report });
  expect(report.silent + report.lostConnections).toBeGreaterThan(0);
});

test('a token is good for as long as the wall clock says, whichever way it jumps', async () => {
  using clock = fakeClock();
  await using system = await proposalsSystem({ env: clock.env });
  const token = await system.token('ann', { roles: ['viewer'], ttlMs: HOUR_MS });
  const holder = system.holder(token);
  const admin = system.holder(await system.token('root', { roles: ['admin'], ttlMs: 30 * DAY_MS }));
  const lock = async () => {
    for (const method of ['POST', 'DELETE']) {
      expect((await admin.call(method, '/api/v1/projects/alpha/lock', {})).status).toBe(200);
    }
  };
  using socket = await holder.watch('/ws/projects/alpha');
  using stream = await holder.listen('/api/v1/proposals/alpha.add-login/events');
  clock.set(HOUR_MS / 2);
  await lock();
  await socket.next({ type: 'lock_changed' });
  await stream.next(({ name }) => name === 'lock_changed');
  expect(socket.socket.readyState).toBe(WebSocket.OPEN);

  clock.set(2 * HOUR_MS);
  const jumpedAt = performance.now();
  const [closed] = await Promise.all([socket.closed, stream.ended]);
  const closedAfterMs = Math.round(performance.now() - jumpedAt);
  expect(closedAfterMs).toBeLessThan(LIMIT_MS);
  expect(closed).toMatchObject({ code: 4001 });
  expect(stream.received.at(-1)).toMatchObject({ name: 'close', data: { code: 4001 } });
  expect((await holder.get('/api/v1/projects')).status).toBe(401);
  // What was taken for the end was none.
  clock.set(-3 * DAY_MS);
  expect((await holder.get('/api/v1/projects')).status).toBe(200);
  showFigures({ promise: 'P14', about: 'a token after a jump past its end', figures: { closedAfterMs } });
});
