import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogRecord } from '../../../engine/log/log.ts';
import { openForWriting } from '../../../engine/log/sqlite/database.ts';
import type { Alert } from '../events.ts';
import { opsAlertsProjection } from './projection.ts';
import { alertEvent, evaluatedEvent } from './records.ts';

function open() {
  const database = openForWriting(':memory:');
  database.exec(opsAlertsProjection.create);
  return database;
}

const alertOf = (id: string, state: Alert['state'], count: number): Alert => ({
  ...{ id, code: 'c', severity: 'info', state, cause: id, title: 't', message: 'm', link: null, count },
  ...{ raised_at: 'r', last_at: 'l', cleared_at: null, acknowledged_at: null, acknowledged_by: null },
});

const eventArbitrary = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('raised' as const, 'cleared' as const), fc.nat(9))
    .map(([id, state, count]) => alertEvent(alertOf(id, state, count), count)),
  fc.nat(9).map((through_seq) => evaluatedEvent({ through_seq, matches: [['c', 'a', [1]]] })),
  fc.constant({ type: 'observability.recorded', channel: 'observability', body: '{}' }),
);

it('gives the same tables however the records are batched, and when it is rebuilt', () => {
  const batches = fc.array(fc.array(eventArbitrary, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(batches, (groups) => {
      let seq = 0;
      const records = groups.map((group) =>
        group.map((event): LogRecord => {
          seq += 1;
          return { ...event, seq, at: seq, tag: 't' };
        }),
      );
      using live = open();
      const writer = opsAlertsProjection.open(live);
      for (const group of records) writer.apply(group);
      using rebuilt = open();
      opsAlertsProjection.open(rebuilt).apply(records.flat());
      for (const table of ['ops_alert', 'ops_alert_position']) {
        const all = `SELECT * FROM ${table}`;
        expect(live.prepare(all).all()).toEqual(rebuilt.prepare(all).all());
      }
      const last = new Map(
        records.flat().flatMap(({ type, body }) => (type === 'ops.alert_changed' ? [[JSON.parse(body).id, body]] : [])),
      );
      const stored = live.prepare('SELECT id, body FROM ops_alert').all<{ id: string; body: string }>();
      expect(new Map(stored.map(({ id, body }) => [id, body]))).toEqual(last);
    }),
  );
});

it('retention takes cleared alerts along, and leaves what is open', () => {
  using database = open();
  const writer = opsAlertsProjection.open(database);
  const events = [alertEvent(alertOf('a', 'raised', 1), 1), alertEvent(alertOf('b', 'cleared', 1), 1)];
  writer.apply(events.map((event, index) => ({ ...event, seq: index + 1, at: 0, tag: 't' })));
  writer.trim?.(2);
  expect(database.prepare('SELECT id FROM ops_alert').all()).toEqual([{ id: 'a' }]);
});
