import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildVariant } from '../support/build-variant.ts';
import { postEvent, readEvents } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { seededRandom, testSeed } from '../support/seeded-random.ts';
import { startServerProcess } from '../support/server-process.ts';

// Clients that repeat themselves at random: at the same time, later, with another body, and over a `kill -9`.

const ROUNDS = Number(process.env.MILLRACE_TEST_ROUNDS ?? 40);
const REQUESTS_AT_ONCE = 12;
/** Fewer than requests, so that most of them meet somebody else's key. */
const KEYS = 4;
const BODIES = 2;
const ROUNDS_PER_LIFE = 10;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-repeat-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a key stands for once somebody was answered. */
interface Known {
  readonly summary: string;
  readonly id: number;
}

/** Publishes at random, and counts every answer and every stored event that the model does not allow. */
async function search(root?: string) {
  const seed = testSeed();
  const random = seededRandom(seed);
  const any = (count: number) => Math.floor(random() * count);
  const dataDir = join(folder, 'data');
  const start = () => startServerProcess({ dataDir, ...(root ? { root } : {}) });
  const model = new Map<string, Known>();
  const counts = { seed, requests: 0, stored: 0, repeats: 0, conflicts: 0, cut: 0, kills: 0, wrong: 0 };

  const publish = async (url: string, key: string, summary: string) => {
    counts.requests += 1;
    const answer = await postEvent(url, summary, { 'idempotency-key': key });
    const known = model.get(key);
    if (answer === undefined) {
      counts.cut += 1;
    } else if (answer.status === 409) {
      counts.conflicts += 1;
      // Only where the key stands for another body; which one may not be known yet.
      if (known?.summary === summary) counts.wrong += 1;
    } else {
      const { id } = answer.body as { id: number };
      if (answer.status !== 201 || (known && (known.id !== id || known.summary !== summary))) counts.wrong += 1;
      if (known) counts.repeats += 1;
      else model.set(key, { summary, id });
    }
  };

  let server = await start();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { url } = server;
    const requests = Array.from({ length: REQUESTS_AT_ONCE }, () => {
      // Keys of this round, or of any round before.
      const key = `${any(4) === 0 ? any(round) + 1 : round}-${any(KEYS)}`;
      return publish(url, key, `${key} body ${any(BODIES)}`);
    });
    if (round % ROUNDS_PER_LIFE === 0) {
      // In the middle of it.
      await Promise.race(requests);
      await server.stop('SIGKILL');
      await Promise.all(requests);
      server = await start();
      counts.kills += 1;
    }
    await Promise.all(requests);
  }
  const stored = await readEvents(server.url);
  await server.stop();
  counts.stored = stored.length;
  const keys = stored.map(({ id }) => id.split(' ', 1)[0] ?? '');
  counts.wrong += keys.length - new Set(keys).size;
  for (const [key, { summary, id }] of model)
    if (stored[id - 1]?.id !== summary || keys[id - 1] !== key) counts.wrong += 1;
  return counts;
}

test('a key stands for one event: the same body gets it again, another body a conflict, also over kill -9', async () => {
  const counts = await search();
  showFigures({ promise: 'P4', about: 'repeated publish', figures: counts });
  expect(counts.wrong).toBe(0);
  // Not vacuous: there were repeats, conflicts and kills.
  for (const count of [counts.repeats, counts.conflicts, counts.kills]) expect(count).toBeGreaterThan(0);
});

test('negative control: the same search finds what a log without unique keys stores twice', async () => {
  using variant = buildVariant({
    file: 'src/engine/log/sqlite/idempotency-keys.ts',
    from: "prepare('INSERT INTO idempotency VALUES (?, ?, ?, ?)')",
    to: "prepare(`INSERT INTO idempotency SELECT ?1 || ' ' || ?3, ?2, ?3, ?4`)",
  });
  const counts = await search(variant.root);
  showFigures({ promise: 'P4', about: 'negative control, no unique key', figures: counts });
  expect(counts.wrong).toBeGreaterThan(0);
});
