import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../engine/log/log.ts';
import { openForWriting } from '../../../engine/log/sqlite/database.ts';
import type { Outcome, OutcomeOf } from '../../../engine/outcome.ts';
import { activityProjection, KEPT_MINUTES, MINUTE_MS } from './activity-projection.ts';
import { storedKpis } from './stored-kpis.ts';

const LAPSES_AFTER_MS = 10 * MINUTE_MS;
const DAY_ONE = 28_000_000;

/** A record's body is its outcome, if it has one. */
const outcomeOf: OutcomeOf = ({ body }) => (body === '' ? undefined : (JSON.parse(body) as Outcome));

function openTables() {
  const projection = activityProjection([outcomeOf]);
  const database = openForWriting(':memory:');
  database.exec(projection.create);
  const writer = projection.open(database);
  let seq = 0;
  const all = <Row>(sql: string) => database.prepare(sql).all<Row>();
  return {
    /** One batch: each record's minute and what came of it. */
    apply(...records: readonly (readonly [minute: number, outcome?: Outcome])[]) {
      writer.apply(
        records.map(([minute, outcome]): LogRecord => {
          const body = outcome ? JSON.stringify(outcome) : '';
          seq += 1;
          return { seq, at: (DAY_ONE + minute) * MINUTE_MS + (seq % 1_000), type: 't', channel: 'c', body, tag: 't' };
        }),
      );
    },
    trim: (through: number) => writer.trim?.(through),
    minutes: () => all<Record<string, number>>(`SELECT minute - ${DAY_ONE} AS m, events, failures FROM ops_minute`),
    streaks: () => all<{ name: string; failures: number }>('SELECT name, failures FROM ops_streak ORDER BY name'),
    /** The longest row of failures as of a minute. */
    longest(minute: number) {
      const { failures } = storedKpis((DAY_ONE + minute) * MINUTE_MS);
      return failures.of(failures.queries.map(({ sql, params = [] }) => database.prepare(sql).all<unknown>(...params)));
    },
  };
}

const failed = (of: string): Outcome => ({ of, kind: 'failed' });
const succeeded = (of: string): Outcome => ({ of, kind: 'succeeded' });
const lapsing = (of: string): Outcome => ({ of, kind: 'failed', lapsesAfterMs: LAPSES_AFTER_MS });

describe('failures in a row', () => {
  it('are counted through batches, and ended by anything else', () => {
    const tables = openTables();
    expect(tables.longest(0)).toEqual({ streak: { count: 0, of: null }, hasOutcome: false });
    tables.apply([0]);
    expect(tables.longest(0).hasOutcome).toBe(false);
    tables.apply([0, failed('a')], [0, failed('b')], [0, failed('a')]);
    tables.apply([0, failed('a')], [0]);
    expect(tables.longest(0)).toEqual({ streak: { count: 3, of: 'a' }, hasOutcome: true });
    tables.apply([0, failed('a')], [0, succeeded('a')], [0, failed('a')]);
    expect(tables.streaks()).toEqual([
      { name: 'a', failures: 1 },
      { name: 'b', failures: 1 },
    ]);
    tables.apply([0, succeeded('a')], [0, { of: 'b', kind: 'ended' }]);
    expect(tables.longest(0)).toEqual({ streak: { count: 0, of: null }, hasOutcome: true });
  });

  it('of what has gone silent are over after its time, and a new one begins anew', () => {
    const tables = openTables();
    tables.apply([0, lapsing('agent')], [0, lapsing('agent')], [0, failed('service')]);
    expect(tables.longest(9).streak).toEqual({ count: 2, of: 'agent' });
    expect(tables.longest(11).streak).toEqual({ count: 1, of: 'service' });
    tables.apply([11, lapsing('agent')]);
    expect(tables.longest(11).streak).toEqual({ count: 1, of: 'agent' });
  });

  it('are forgotten when retention has removed the newest of them', () => {
    const tables = openTables();
    tables.apply([0, failed('a')], [0, failed('b')], [0, failed('b')]);
    tables.trim(1);
    expect(tables.streaks()).toEqual([{ name: 'b', failures: 2 }]);
    tables.trim(3);
    expect(tables.streaks()).toEqual([]);
  });
});

describe('minutes', () => {
  it('older than a day and an hour are forgotten', () => {
    const tables = openTables();
    tables.apply([0], [1, failed('a')], [2]);
    tables.apply([KEPT_MINUTES + 1]);
    expect(tables.minutes()).toEqual([
      { m: 2, events: 1, failures: 0 },
      { m: KEPT_MINUTES + 1, events: 1, failures: 0 },
    ]);
  });
});

const outcomes = fc.option(
  fc.record(
    {
      of: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('failed', 'failed', 'failed', 'succeeded', 'ended'),
      lapsesAfterMs: fc.constantFrom(MINUTE_MS, 3 * MINUTE_MS),
    },
    { requiredKeys: ['of', 'kind'] },
  ),
  { nil: undefined },
);

it('however records are batched, the tables are those of one record after the other', () => {
  const steps = fc.array(fc.record({ outcome: outcomes, minutesLater: fc.nat(2), isLastOfBatch: fc.boolean() }));
  fc.assert(
    fc.property(steps, (all) => {
      const [single, batched] = [openTables(), openTables()];
      let minute = 0;
      let batch: (readonly [number, Outcome?])[] = [];
      for (const { outcome, minutesLater, isLastOfBatch } of all) {
        minute += minutesLater;
        const record = outcome ? ([minute, outcome as Outcome] as const) : ([minute] as const);
        single.apply(record);
        batch.push(record);
        if (!isLastOfBatch) continue;
        batched.apply(...batch);
        batch = [];
      }
      if (batch.length > 0) batched.apply(...batch);
      expect([batched.minutes(), batched.streaks()]).toEqual([single.minutes(), single.streaks()]);
      expect(single.minutes().reduce((sum, { events = 0 }) => sum + events, 0)).toBe(all.length);
    }),
  );
});
