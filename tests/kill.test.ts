import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { History } from './support/history.ts';
import { readRawFeed, TRANSPORTS, type Transport } from './support/raw-feed.ts';

const KILLS = 12;
/** Acknowledged between two kills, at least. */
const EVENTS_PER_LIFE = 500;
const PUBLISHERS = 6;

/** A server that is killed and started again on the same port and data, as an operator would see it. */
class Lives implements AsyncDisposable {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  #server: Promise<RunningServer> = startServer({ dataDir: this.#dataDir });
  kills = 0;

  /** Settles while a server runs. */
  async url(): Promise<string> {
    return (await this.#server).url;
  }

  async kill(): Promise<void> {
    const { port, stop } = await this.#server;
    const { promise, resolve, reject } = Promise.withResolvers<RunningServer>();
    this.#server = promise;
    await stop('SIGKILL');
    this.kills += 1;
    startServer({ port, dataDir: this.#dataDir }).then(resolve, reject);
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#server).stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

test(`${KILLS} times kill -9 during ingestion: nothing acknowledged is lost, repeated or out of order`, async () => {
  await using lives = new Lives();
  const history = new History();
  const finished = new AbortController();
  await lives.url();

  const subscribers = TRANSPORTS.map((transport) => subscribe(lives, history, transport, finished.signal));
  const publishing = new AbortController();
  const publishers = Array.from({ length: PUBLISHERS }, (_, index) =>
    // Half of them insist until they have an answer, with an idempotency key; half leave it unknown.
    publish({ lives, history, name: `p${index}`, insists: index % 2 === 0, signal: publishing.signal }),
  );

  while (lives.kills < KILLS) {
    const goal = history.acknowledged + EVENTS_PER_LIFE;
    await expect.poll(() => history.acknowledged, { timeout: 30_000, interval: 5 }).toBeGreaterThan(goal);
    await lives.kill();
  }
  publishing.abort();
  const cut = (await Promise.all(publishers)).reduce((sum, count) => sum + count, 0);

  const stored = await readAll(await lives.url());
  for (const transport of TRANSPORTS) {
    await expect.poll(() => history.receivedBy(transport), { timeout: 20_000 }).toBeGreaterThanOrEqual(stored.length);
  }
  finished.abort();
  const connections = await Promise.all(subscribers);

  const report = history.check(stored);
  console.log(JSON.stringify({ kills: lives.kills, stored: stored.length, requestsCut: cut, connections, ...report }));
  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 });
  // Not vacuous: requests were cut by the kills, and every subscriber had to come back each time.
  expect(cut).toBeGreaterThan(0);
  for (const count of connections) expect(count).toBeGreaterThan(KILLS);
});

interface PublisherOptions {
  readonly lives: Lives;
  readonly history: History;
  readonly name: string;
  readonly insists: boolean;
  readonly signal: AbortSignal;
}

/** Posts one event after the other; returns how many requests got no answer. */
async function publish({ lives, history, name, insists, signal }: PublisherOptions): Promise<number> {
  let cut = 0;
  for (let number = 0; !signal.aborted; number += 1) {
    const id = `${name}-${number}`;
    const body = JSON.stringify({
      timestamp: new Date().toISOString(),
      source_app: name,
      event_type: 'PreToolUse',
      summary: id,
    });
    history.attempt(id);
    for (let isAnswered = false; !isAnswered; ) {
      isAnswered = await post(await lives.url(), body, insists ? id : undefined);
      if (isAnswered) history.acknowledge(id);
      else cut += 1;
      if (!insists) break;
    }
  }
  return cut;
}

/** False when the connection ended before the answer. */
async function post(url: string, body: string, idempotencyKey: string | undefined): Promise<boolean> {
  const headers = {
    'content-type': 'application/json',
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  };
  const response = await fetch(`${url}/events`, { method: 'POST', headers, body }).catch(() => undefined);
  const stored = await response?.json().catch(() => undefined);
  if (stored === undefined) return false;
  expect(response?.status).toBe(201);
  return true;
}

/** Follows `/stream` from the first event on, coming back with its cursor whenever the connection ends. */
async function subscribe(lives: Lives, history: History, transport: Transport, signal: AbortSignal): Promise<number> {
  let cursor = 'earliest';
  let connections = 0;
  while (!signal.aborted) {
    const url = `${await lives.url()}/stream`;
    connections += 1;
    cursor = await readRawFeed({
      url,
      transport,
      cursor,
      signal,
      onEvent({ data }) {
        history.receive(transport, (data as { summary: string }).summary);
        return true;
      },
      onReset: () => history.reset(),
    });
  }
  return connections;
}

async function readAll(url: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = 'earliest';
  for (let isUpToDate = false; !isUpToDate; ) {
    const response = await fetch(`${url}/stream?cursor=${cursor}`, { headers: { accept: 'application/json' } });
    const page = (await response.json()) as {
      events: { data: { summary: string } }[];
      cursor: string;
      upToDate: boolean;
    };
    ids.push(...page.events.map(({ data }) => data.summary));
    ({ cursor, upToDate: isUpToDate } = page);
  }
  return ids;
}
