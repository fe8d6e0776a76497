import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Projection } from '../../store/projection.ts';
import type { NewEvent } from '../log.ts';
import { openForWriting, type SqliteDatabase } from './database.ts';
import { Writer } from './writer.ts';

const event = (body: object): NewEvent => ({ type: 'test.said', channel: 'test', body: JSON.stringify(body) });
const now = () => 1_000;

/** Counts events per channel; refuses events that say so. */
function counting(version: number, weight = 1): Projection {
  return {
    name: 'counting',
    version,
    create: 'CREATE TABLE counting (channel TEXT PRIMARY KEY, events INTEGER NOT NULL)',
    drop: 'DROP TABLE counting',
    open(database) {
      const add = database.prepare(
        'INSERT INTO counting VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET events = events + excluded.events',
      );
      return {
        apply(records) {
          for (const { channel, body } of records) {
            if (body.includes('poison')) throw new Error('poisoned');
            add.run(channel, weight);
          }
        },
      };
    },
  };
}

function counts(database: SqliteDatabase): unknown[] {
  return database.prepare('SELECT * FROM counting').all();
}

test('a database that would not survive a power loss is refused', () => {
  const database = openForWriting(':memory:');
  expect(() => new Writer({ database, projections: [], now })).toThrow('journal_mode=memory');
});

test('a projection follows the events', () => {
  using file = scratchDatabase();
  const writer = new Writer({ database: file.open(), projections: [counting(1)], now });
  const outcomes = writer.commit([{ events: [event({}), event({})] }]);
  expect(outcomes).toMatchObject([{ kind: 'committed', firstSeq: 1, at: 1_000 }]);
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 2 }]);
});

test('a request that a projection refuses fails alone and leaves no trace', () => {
  using file = scratchDatabase();
  const writer = new Writer({ database: file.open(), projections: [counting(1)], now });
  const outcomes = writer.commit([
    { events: [event({ text: 'a' })] },
    { events: [event({ text: 'b' }), event({ text: 'poison' })] },
    { events: [event({ text: 'c' })] },
  ]);
  expect(outcomes).toMatchObject([
    { kind: 'committed', firstSeq: 1 },
    { kind: 'failed', reason: 'poisoned' },
    { kind: 'committed', firstSeq: 2 },
  ]);
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 2 }]);
  expect(writer.head.seq).toBe(2);
});

test('a projection of another version is rebuilt from the log, one of the same version is not', () => {
  using file = scratchDatabase();
  new Writer({ database: file.open(), projections: [counting(1)], now }).commit([{ events: [event({}), event({})] }]);
  file.database.close();
  new Writer({ database: file.open(), projections: [counting(1, 10)], now });
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 2 }]);
  file.database.close();
  new Writer({ database: file.open(), projections: [counting(2, 10)], now });
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 20 }]);
});

test('a rebuild that was interrupted goes on from its last committed step', () => {
  using file = scratchDatabase();
  const writer = new Writer({ database: file.open(), projections: [], now });
  writer.commit([{ events: Array.from({ length: 4_500 }, (_, index) => event(index === 4_200 ? { poison: 1 } : {})) }]);
  file.database.close();
  expect(() => new Writer({ database: file.open(), projections: [counting(1)], now })).toThrow('poisoned');
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 4_000 }]);
  file.database.exec(`UPDATE log SET body = '{}'`);
  file.database.close();
  new Writer({ database: file.open(), projections: [counting(1)], now });
  expect(counts(file.database)).toEqual([{ channel: 'test', events: 4_500 }]);
});

test('retention by count, age and size trims the oldest in small steps', () => {
  using file = scratchDatabase();
  let time = 0;
  const writer = new Writer({ database: file.open(), projections: [counting(1)], now: () => time });
  for (time = 1; time <= 2_000; time += 1) writer.commit([{ events: [event({ text: 'x'.repeat(200) })] }]);
  const keepAll = { maxAgeMs: Infinity, maxEvents: Infinity, maxBytes: Infinity };
  const trim = (limits: Partial<typeof keepAll>) => {
    let steps = 0;
    while (writer.trimStep({ ...keepAll, ...limits })) steps += 1;
    return { steps, trimmed: writer.trimmed.seq };
  };
  expect(trim({})).toEqual({ steps: 0, trimmed: 0 });
  expect(trim({ maxEvents: 1_400 })).toEqual({ steps: 2, trimmed: 600 });
  time = 2_000;
  expect(trim({ maxAgeMs: 1_000 })).toEqual({ steps: 1, trimmed: 999 });
  expect(trim({ maxBytes: 200_000 }).trimmed).toBeGreaterThan(999);
  expect(file.database.prepare('SELECT min(seq) AS first FROM log').get()).toEqual({ first: writer.trimmed.seq + 1 });
});

function scratchDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-writer-'));
  let database: SqliteDatabase | undefined;
  return {
    open() {
      database = openForWriting(join(folder, 'millrace.db'));
      return database;
    },
    get database(): SqliteDatabase {
      if (!database) throw new Error('open it first');
      return database;
    },
    [Symbol.dispose]() {
      database?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
