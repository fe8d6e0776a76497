import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventText } from '../../bench/load/events.ts';
import { residentKib } from '../../bench/measure/process-figures.ts';
import { postEvent } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { readMetric } from '../support/server-figures.ts';
import { startServerProcess } from '../support/server-process.ts';
import { openUnfinishedBody } from '../support/unfinished-body.ts';

// Clients that send large bodies and don't come to their end: the server has to keep what it has received so far.

const CLIENTS = 500;
const MIB = 1024 * 1024;
/** PROTOCOL.md R12. */
const BODIES_MIB = 256;
/** Beside the bodies there is what receiving them takes. */
const MEMORY_FACTOR = 1.5;
/** White space and one event: large to receive, small to store. */
const BODY = Buffer.from(eventText(0).padStart(MIB));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-bodies-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test(`${CLIENTS} bodies of 1 MiB that don't end take a bounded part of memory, and hold up no single event`, async () => {
  await using server = await startServerProcess({ dataDir: join(folder, 'data') });
  const port = Number(new URL(server.url).port);
  const held = async () => ((await readMetric(server.url, 'millrace_request_body_bytes')) ?? Number.NaN) / MIB;
  const beforeMib = residentKib(server.pid) / 1_024;

  using stack = new DisposableStack();
  const opening = Array.from({ length: CLIENTS }, () => openUnfinishedBody({ port, body: BODY }));
  const clients = (await Promise.all(opening)).map((client) => stack.use(client));
  const refusals = () => clients.filter(({ answer }) => answer !== '');
  await expect.poll(() => clients.every(({ isSent }) => isSent)).toBe(true);
  await expect.poll(async () => refusals().length + (await held())).toBe(CLIENTS);
  const grownMib = Math.round(residentKib(server.pid) / 1_024 - beforeMib);
  const heldMib = await held();
  const refused = refusals();
  showFigures({
    promise: 'P8',
    about: 'bodies that do not end',
    figures: { clients: CLIENTS, heldMib, refused: refused.length, residentGrownMib: grownMib },
  });

  expect(refused.length).toBeGreaterThan(0);
  for (const { answer } of refused) expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 1\r\n/i);
  expect(heldMib).toBeLessThanOrEqual(BODIES_MIB);
  expect(grownMib).toBeLessThan(BODIES_MIB * MEMORY_FACTOR);
  expect((await postEvent(server.url, 'single'))?.status).toBe(201);

  // Those that were taken get their answer once they end; those that end otherwise give back what they held.
  const taken = clients.filter(({ answer }) => answer === '');
  const finished = taken.slice(0, taken.length / 2);
  for (const client of finished) client.finish();
  const stored = () => finished.filter(({ answer }) => answer.startsWith('HTTP/1.1 201 ')).length;
  await expect.poll(stored).toBe(finished.length);
  for (const client of clients) client[Symbol.dispose]();
  await expect.poll(held).toBe(0);
});
