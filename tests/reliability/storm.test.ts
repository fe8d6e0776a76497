import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileLimit, residentKib } from '../../bench/measure/process-figures.ts';
import { outputMatching } from '../../e2e/start-server.ts';
import { postEvent, publish, readEvents } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { readMetric } from '../support/server-figures.ts';
import { ServerLives } from '../support/server-lives.ts';
import type { Arrivals, StormReport } from '../support/storm-clients.ts';

// Ten thousand clients lose their server at the same moment, and all of them want to go on.

const CLIENTS = { websocket: 9_500, sse: 500 };
const ALL = CLIENTS.websocket + CLIENTS.sse;
/** Files that a process needs beside the sockets. */
const SPARE_FILES = 500;
const EVERY_MS = 250;
/** More than 10 s of healthy streaming: then the policy lets a client come back at once, which is the harder case. */
const EVENTS_BEFORE = 48;
/** P12. */
const BACK_WITHIN_MS = 30_000;
/** P12: what the storm itself may take beside what as many quiet clients take. */
const STORM_FACTOR = 2;

/** Starts the clients as a program of their own. */
async function startClients(url: string) {
  const program = join(import.meta.dirname, '../support/storm-clients.ts');
  const args = [program, `--url=${url}`, `--websocket=${CLIENTS.websocket}`, `--sse=${CLIENTS.sse}`];
  const child = spawn(process.execPath, args, {
    // Unless told otherwise, Bun has 256 requests at a time.
    env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: `${2 * CLIENTS.sse}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  try {
    const reportUrl = await outputMatching(child, /http:\/\/[\d.:]+/);
    const arrivals = async () => (await (await fetch(`${reportUrl}/arrivals`)).json()) as Arrivals;
    return {
      arrivals,
      receivedBy: async (id: string) => (await arrivals())[id]?.clients ?? 0,
      report: async () => (await (await fetch(`${reportUrl}/report`)).json()) as StormReport,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The most memory that was resident at any time, in MiB. */
function peakMib(pid: number): number {
  const [, kib = ''] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}

test(`${ALL} clients come back after kill -9, and none of them misses or repeats anything`, async () => {
  await using lives = new ServerLives();
  const url = await lives.url();
  const files = Math.min(openFileLimit(process.pid), openFileLimit(await lives.pid()));
  if (files < ALL + SPARE_FILES) throw new Error(`ulimit -n is ${files}, the storm needs ${ALL + SPARE_FILES}`);
  const history = new History();
  const attempt = async (id: string) => {
    history.attempt(id);
    const answer = await postEvent(await lives.url(), id);
    if (answer?.status !== 201) throw new Error(`${id} was answered ${answer?.status}`);
    history.acknowledge(id);
  };

  await using clients = await startClients(url);
  await expect.poll(() => readMetric(url, 'millrace_connections')).toBe(ALL);
  const publishing = new AbortController();
  const publisher = publish({
    server: lives,
    history,
    name: 'steady',
    insists: true,
    everyMs: EVERY_MS,
    signal: publishing.signal,
  });
  await expect.poll(() => history.acknowledged).toBeGreaterThan(EVENTS_BEFORE);
  await expect.poll(() => clients.receivedBy(`steady-${EVENTS_BEFORE - 1}`)).toBe(ALL);
  const quietMib = Math.round(residentKib(await lives.pid()) / 1_024);

  const killedAt = Date.now();
  await lives.kill();
  const downMs = Date.now() - killedAt;
  await attempt('back');
  const leftMs = BACK_WITHIN_MS - (Date.now() - killedAt);
  await expect.poll(() => clients.receivedBy('back'), { timeout: leftMs, interval: 250 }).toBe(ALL);
  const recoveryMs = ((await clients.arrivals()).back?.lastAt ?? Number.NaN) - killedAt;
  const stormMib = peakMib(await lives.pid());

  publishing.abort();
  await publisher;
  await attempt('last');
  await expect.poll(() => clients.receivedBy('last')).toBe(ALL);
  const stored = (await readEvents(await lives.url())).map(({ id }) => id);
  const { sequences, ...counts } = await clients.report();
  for (const [index, { ids }] of sequences.entries()) for (const id of ids) history.receive(`${index}`, id);

  const report = history.check(stored);
  showFigures({
    promise: 'P12',
    about: 'storm recovery time',
    figures: {
      clients: ALL,
      recoveryS: recoveryMs / 1_000,
      serverDownS: downMs / 1_000,
      residentMibBefore: quietMib,
      residentMibPeakAfter: stormMib,
      events: stored.length,
      ...counts,
      ...report,
    },
  });
  expect(report).toMatchObject({ unknown: 0, lost: 0, phantom: 0, dup: 0, reorder: 0 });
  expect(sequences.reduce((sum, { clients: count }) => sum + count, 0)).toBe(ALL);
  expect(counts.resets).toBe(0);
  expect(recoveryMs).toBeLessThan(BACK_WITHIN_MS);
  expect(stormMib).toBeLessThan(quietMib * STORM_FACTOR);
  // Not vacuous: every one of them was streaming when the server was killed.
  expect(counts.cuts).toBeGreaterThanOrEqual(ALL);
});
