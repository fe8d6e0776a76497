import { describe, expect, test } from 'vitest';
import { openForWriting } from '../src/engine/log/sqlite/database.ts';
import type { RangeCheck } from '../src/engine/self-check.ts';
import { positionCheck } from '../src/engine/store/position-check.ts';
import type { SnapshotReader } from '../src/engine/store/snapshot.ts';
import { projections } from '../src/server/projections.ts';
import { createSurfaces } from '../src/server/surfaces.ts';
import { deletionEvent } from '../src/surfaces/messages/deletion.ts';
import { toLogEvent as toMessageEvent } from '../src/surfaces/messages/message-body.ts';
import { toLogEvent } from '../src/surfaces/observability/ingest-routes.ts';
import { RangeTotals } from '../src/surfaces/reconciliation/range-totals.ts';
import {
  type TestSurface,
  type TestSurfaceOptions,
  testSurface,
} from '../src/surfaces/reconciliation/testing/test-surface.ts';

// Millrace's checks of its own figures, on the log, the projections and the checks that the server runs with.

const surfaces = createSurfaces({
  host: '127.0.0.1',
  trustedNetwork: false,
  dataDir: '.',
  irc: [],
  projectsRoot: undefined,
});
const selfChecks = [positionCheck(projections), ...surfaces.flatMap((surface) => surface.selfChecks ?? [])];
const ENTRY = new URL('../src/server/log-writer.ts', import.meta.url);
const ROUND_MS = 5_000;
const SERVICES = selfChecks.length;

function start(options: TestSurfaceOptions = {}) {
  return testSurface({ entry: ENTRY, selfChecks, selfCheckMs: ROUND_MS, ...options });
}

const event = toLogEvent({ timestamp: '2026-01-01T00:00:00Z', source_app: 'shop', event_type: 'Stop' });

async function publish({ log }: TestSurface, count: number): Promise<void> {
  await log.append(Array.from({ length: count }, () => event));
}

/** What a stranger with the file in hand could do to it. */
function tamper({ path }: TestSurface, sql: string): void {
  using database = openForWriting(path);
  database.exec(sql);
}

async function pass(surface: TestSurface, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += ROUND_MS) {
    surface.clock.advance(ROUND_MS);
    await surface.settle();
  }
}

async function state(surface: TestSurface, name: string) {
  return (await surface.latest()).services.find(({ service }) => service === name);
}

test('on the first start of all, Millrace is there with services that are verified', async () => {
  await using surface = await start();
  await surface.settle();
  expect((await surface.latest()).services).toMatchObject([
    { service: 'millrace/channels', status: 'verified', counts: { channels: 0, messages: 0, 'wrong counts': 0 } },
    { service: 'millrace/events', status: 'verified', counts: { events: 0, total: 0 } },
    { service: 'millrace/messages', status: 'verified', counts: { messages: 0, 'by time': 0, searchable: 0 } },
    {
      service: 'millrace/projections',
      status: 'verified',
      counts: Object.fromEntries(projections.map(({ name }) => [name, 0])),
      latencyMs: expect.any(Number),
    },
    { service: 'millrace/users', status: 'verified', counts: { users: 0, messages: 0, 'wrong counts': 0 } },
  ]);
});

test('its own reports never make a discrepancy, go stale or fill the log', async () => {
  await using surface = await start();
  await surface.settle();
  for (let round = 0; round < 24; round += 1) {
    await publish(surface, 3);
    await pass(surface, ROUND_MS);
  }
  const messages = await surface.messages();
  expect(new Set(messages.map(({ status }) => status))).toEqual(new Set(['verified']));
  // Two minutes, one record of each service in ten seconds.
  expect(messages.length).toBeLessThanOrEqual(SERVICES * 13);
  expect((await state(surface, 'millrace/events'))?.counts.events).toBeGreaterThan(60);
});

describe('what was changed behind its back is a discrepancy within 10 s', () => {
  test.each([
    [
      'an event that is gone from the projection',
      'DELETE FROM obs_event WHERE seq = 40',
      { service: 'millrace/events', expected: { events: 50, total: 50 }, actual: { events: 49, total: 50 } },
    ],
    [
      'a record that is gone from the log',
      'DELETE FROM log WHERE seq = 40',
      { service: 'millrace/events', expected: { events: 49, total: 49 }, actual: { events: 50, total: 50 } },
    ],
    [
      'a total that was changed',
      'UPDATE obs_count SET events = events + 5',
      { service: 'millrace/events', expected: { events: 50, total: 50 }, actual: { events: 50, total: 55 } },
    ],
  ])('%s', async (_, sql, { service, expected, actual }) => {
    await using surface = await start();
    await publish(surface, 50);
    await surface.settle();
    tamper(surface, sql);
    await pass(surface, 10_000);
    expect(await state(surface, service)).toMatchObject({
      status: 'discrepancy',
      discrepancyDetails: { expected, actual, missingJobIds: [] },
    });
    const { length } = await surface.messages();
    await pass(surface, 30_000);
    expect(await state(surface, service)).toMatchObject({ status: 'discrepancy' });
    // It stays known without one record per round.
    expect((await surface.messages()).length - length).toBeLessThanOrEqual(SERVICES * 3);
  });

  test('a projection that stands elsewhere than at the head, until the next append brings it there', async () => {
    await using surface = await start();
    await publish(surface, 5);
    await surface.settle();
    tamper(surface, "UPDATE projection SET position = 2 WHERE name = 'observability'");
    await pass(surface, ROUND_MS);
    expect((await surface.messages()).filter(({ status }) => status === 'discrepancy')).toMatchObject([
      { service: 'millrace/projections', counts: { observability: 2 } },
    ]);
    await pass(surface, ROUND_MS);
    expect(await state(surface, 'millrace/projections')).toMatchObject({ status: 'verified' });
  });

  test('a projection whose position is gone', async () => {
    await using surface = await start();
    await surface.settle();
    tamper(surface, "DELETE FROM projection WHERE name = 'observability'");
    await pass(surface, 10_000);
    const { status, discrepancyDetails } = (await state(surface, 'millrace/projections')) ?? {};
    expect(status).toBe('discrepancy');
    expect(discrepancyDetails?.expected).toHaveProperty('observability');
    expect(discrepancyDetails?.actual).not.toHaveProperty('observability');
  });
});

const posts = Array.from({ length: 60 }, (_, index) =>
  toMessageEvent({
    user: `user ${index % 3}`,
    channel: `channel ${index % 4}`,
    text: `hello ${index}`,
    sent_at: '2026-01-01T00:00:00.000Z',
  }),
);

describe('a message or its counts that were changed behind its back are a discrepancy within 10 s', () => {
  test.each([
    [
      'a message that is gone',
      'DELETE FROM msg_message WHERE seq = (SELECT min(seq) FROM msg_message)',
      [
        ['millrace/messages', { messages: 60 }, { messages: 59 }],
        ['millrace/channels', { messages: 60, 'wrong counts': 0 }, { messages: 59, 'wrong counts': 1 }],
        ['millrace/users', { messages: 60, 'wrong counts': 0 }, { messages: 59, 'wrong counts': 1 }],
      ],
    ],
    [
      'a text that is found no more',
      'DELETE FROM msg_text WHERE rowid = (SELECT min(seq) FROM msg_message)',
      [['millrace/messages', { searchable: 60 }, { searchable: 59 }]],
    ],
    [
      'a total that was changed',
      'UPDATE msg_total SET messages = messages + 2',
      [['millrace/messages', { messages: 62 }, { messages: 60 }]],
    ],
    [
      'counts of channels that were changed so that their sum is right',
      `UPDATE msg_channel SET messages = messages + iif(name = 'channel 1', 3, -3) WHERE name IN ('channel 1', 'channel 2')`,
      [['millrace/channels', { messages: 60, 'wrong counts': 0 }, { messages: 60, 'wrong counts': 2 }]],
    ],
    [
      'a user that is gone',
      `DELETE FROM msg_user WHERE name = 'user 1'`,
      [['millrace/users', { users: 3 }, { users: 2 }]],
    ],
  ] as const)('%s', async (_, sql, differences) => {
    await using surface = await start();
    await surface.log.append(posts);
    await surface.settle();
    tamper(surface, sql);
    await pass(surface, 10_000);
    const { services } = await surface.latest();
    const own = services.filter(({ service }) => service.startsWith('millrace/'));
    const wrong = own.filter(({ status }) => status === 'discrepancy').map(({ service }) => service);
    expect(wrong.sort()).toEqual(differences.map(([service]) => service).sort());
    for (const [service, expected, actual] of differences) {
      expect(await state(surface, service)).toMatchObject({ discrepancyDetails: { expected, actual } });
    }
  });
});

test('deleted channels and users, with and without their history, make no discrepancy', async () => {
  await using surface = await start();
  await surface.log.append(posts);
  await surface.log.append([
    deletionEvent('channel', { name: 'channel 1', history: 'keep' }),
    deletionEvent('user', { name: 'user 2', history: 'delete' }),
    deletionEvent('channel', { name: 'channel 2', history: 'delete' }),
    deletionEvent('user', { name: 'user 0', history: 'keep' }),
  ]);
  await surface.log.append(posts.slice(0, 7));
  await pass(surface, 15_000);
  expect(new Set((await surface.latest()).services.map(({ status }) => status))).toEqual(new Set(['verified']));
  expect((await state(surface, 'millrace/messages'))?.counts.messages).toBeGreaterThan(7);
});

test('retention removes from both sides: nothing is missing', async () => {
  await using surface = await start({ retentionEvents: 3_000 });
  for (let round = 0; round < 6; round += 1) {
    await publish(surface, 2_000);
    await surface.log.append(posts);
    await pass(surface, ROUND_MS);
  }
  await expect.poll(() => surface.log.trimmed().seq).toBeGreaterThan(8_000);
  await pass(surface, 15_000);
  expect((await surface.messages()).map(({ status }) => status)).not.toContain('discrepancy');
  expect(await state(surface, 'millrace/events')).toMatchObject({ status: 'verified' });
});

test('a round reads a bounded part of the log, and all parts in turn', async () => {
  await using surface = await start({ isStarted: false });
  for (let batch = 0; batch < 10; batch += 1) await publish(surface, 10_000);
  const check = selfChecks.find((one): one is RangeCheck => one.kind === 'range');
  if (!check) throw new Error('there is no check of a range');
  const totals = new RangeTotals(check);
  const rows: number[] = [];
  const measure = async () => {
    const { head, trimmed } = { head: surface.log.head().seq, trimmed: 0 };
    rows.push(0);
    const counting: SnapshotReader = {
      snapshot(queries) {
        for (const { params: [after, through] = [] } of queries) {
          if (after === undefined || through === undefined) continue;
          rows[rows.length - 1] = (rows.at(-1) ?? 0) + Math.min(head, Number(through)) - Math.max(0, Number(after));
        }
        return surface.log.snapshot(queries);
      },
    };
    return totals.measure(counting, { head, trimmed });
  };
  const first = await measure();
  expect(first?.actual.events).toBeLessThan(100_000);
  expect(first?.actual).toEqual(first?.expected);
  await measure();
  await measure();
  expect(await measure()).toEqual({
    expected: { events: 100_000, total: 100_000 },
    actual: { events: 100_000, total: 100_000 },
  });
  tamper(surface, 'DELETE FROM obs_event WHERE seq = 22222');
  const found: (number | undefined)[] = [];
  for (let round = 0; round < 4; round += 1) found.push((await measure())?.actual.events);
  expect(found).toContain(99_999);
  // Both sides of twelve blocks of 5,000.
  expect(Math.max(...rows)).toBeLessThanOrEqual(2 * 12 * 5_000);
});

test('nothing is checked after the end', async () => {
  const surface = await start();
  await surface.settle();
  await surface.stop();
  surface.clock.advance(60_000);
  await using again = await start({ folder: surface.folder, isStarted: false });
  expect(again.log.head().seq).toBe(SERVICES);
});
