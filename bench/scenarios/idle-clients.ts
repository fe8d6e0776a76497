import { eventRequest } from '../load/events.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { openClients } from '../load/open-clients.ts';
import { openFileLimit, residentKib } from '../measure/process-figures.ts';
import { pause, waitUntil } from '../measure/wait-until.ts';
import { type Figure, joinResults, type Scenario, type ScenarioResult } from '../scenario.ts';
import { millracePlain, peers, type Subject } from '../subjects/subjects.ts';

const CLIENTS = 10_000;
const KIB_PER_CLIENT_AT_MOST = 6;
/** Opened and closed first, so that what any first client costs is not shared out among all. */
const WARM_UP_CLIENTS = 50;
/** Files that a process needs beside its sockets. */
const SPARE_FILES = 200;
const SETTLE = { everyMs: 250, within: 0.005, times: 4, limitMs: 8_000 };
const DELIVERY_LIMIT_MS = 10_000;

export const idleClients: Scenario = {
  name: 'idle-clients',
  title: '10,000 idle WebSocket clients',
  async run(folder) {
    const results: ScenarioResult[] = [];
    for (const subject of [millracePlain, ...peers]) results.push(await measure(subject, folder));
    return joinResults('resident memory of the server, before and after, each once it has settled', results);
  },
};

async function measure({ name: subject, dialect, start }: Subject, folder: string): Promise<ScenarioResult> {
  await using server = await start(folder);
  const { port, pid } = server;
  const limit = Math.min(openFileLimit(pid), openFileLimit(process.pid));
  const count = Math.min(CLIENTS, limit - SPARE_FILES);
  (await openClients({ port, dialect, count: WARM_UP_CLIENTS }))[Symbol.dispose]();
  await publish(port, 0);

  const before = await settledKib(pid);
  let delivered = 0;
  using opened = await openClients({ port, dialect, count, onEvents: () => (delivered += 1) });
  const after = await settledKib(pid);

  const publishedAt = performance.now();
  await publish(port, 1);
  await waitUntil(() => delivered >= count, DELIVERY_LIMIT_MS);
  const deliveredMs = performance.now() - publishedAt;
  const woken = await settledKib(pid);
  const figure = (name: string, value: number, unit: Figure['unit']): Figure => ({ subject, name, value, unit });
  const perClient = figure('memory per client', (after - before) / count, 'KiB');
  return {
    figures: [
      subject === millracePlain.name ? { ...perClient, target: { atMost: KIB_PER_CLIENT_AT_MOST } } : perClient,
      figure('time to open them', opened.openMs / 1_000, 's'),
      figure('one event to all', deliveredMs, 'ms'),
      figure('memory after it', (woken - before) / count, 'KiB'),
    ],
    notes: [
      `${subject}: ${count} clients, ${before} KiB before, ${after} KiB after, ${delivered} got the event`,
      ...(count < CLIENTS ? [`${subject}: only ${count} clients, because ulimit -n is ${limit}`] : []),
    ],
  };
}

/** On a connection of its own: servers close those that are idle while memory settles. */
async function publish(port: number, mark: number): Promise<void> {
  using connection = await HttpConnection.open(port);
  await connection.send(eventRequest(mark));
}

/** Resident memory once it has stopped changing, or after a while as it is. */
async function settledKib(pid: number): Promise<number> {
  const deadline = performance.now() + SETTLE.limitMs;
  let last = residentKib(pid);
  for (let steady = 0; steady < SETTLE.times && performance.now() < deadline; ) {
    await pause(SETTLE.everyMs);
    const now = residentKib(pid);
    steady = Math.abs(now - last) <= last * SETTLE.within ? steady + 1 : 0;
    last = now;
  }
  return last;
}
