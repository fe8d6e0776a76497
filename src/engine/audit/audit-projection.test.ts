import { Database } from 'bun:sqlite';
import { expect, test } from 'vitest';
import type { LogRecord } from '../log/log.ts';
import { AUDITED } from './audit-entry.ts';
import { auditProjection } from './audit-projection.ts';

function audited() {
  const database = new Database(':memory:');
  database.exec(auditProjection.create);
  const writer = auditProjection.open({
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => void statement.run(...values),
        get: <Row>(...values: (string | number | bigint | null)[]) =>
          (statement.get(...values) ?? undefined) as Row | undefined,
        all: <Row>(...values: (string | number | bigint | null)[]) => statement.all(...values) as Row[],
      };
    },
  });
  const entry = { actor: 'ada', action: 'lock.taken', resource_type: 'project', resource_id: 'p1', outcome: 'success' };
  const body = JSON.stringify({ ...entry, ip: '::1' });
  const record = (seq: number, type: string) => ({ seq, at: 1_000 + seq, type, channel: 'audit', body }) as LogRecord;
  writer.apply([record(1, AUDITED), record(2, 'messages.posted'), record(3, AUDITED)]);
  return { database, entry, body };
}

test('each audited record is a row, and no other is', () => {
  const { database, entry, body } = audited();
  expect(database.query('SELECT * FROM audit ORDER BY seq').all()).toEqual([
    { seq: 1, at: 1_001, ...entry, body },
    { seq: 3, at: 1_003, ...entry, body },
  ]);
});

test.each([
  "UPDATE audit SET actor = 'eve'",
  'UPDATE audit SET seq = 9 WHERE seq = 1',
  'DELETE FROM audit',
  'DELETE FROM audit WHERE seq = 3',
])('%s is refused, whoever holds the database', (sql) => {
  const { database } = audited();
  const before = database.query('SELECT * FROM audit').all();
  expect(() => database.exec(sql)).toThrow('append-only');
  expect(database.query('SELECT * FROM audit').all()).toEqual(before);
});

test('a row cannot be replaced by another of its number either', () => {
  const { database, body } = audited();
  const replace = "INSERT OR REPLACE INTO audit VALUES (1, 0, 'eve', 'x', 'x', 'x', 'success', ?)";
  database.exec('PRAGMA recursive_triggers = OFF');
  expect(() => database.query(replace).run(body)).toThrow('append-only');
});
