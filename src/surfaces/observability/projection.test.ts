import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../engine/log/log.ts';
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import type { ProjectionDatabase } from '../../engine/store/projection.ts';
import type { EventInput } from './event-input.ts';
import { OBSERVABILITY_CHANNEL, RECORDED } from './events.ts';
import { observabilityProjection } from './projection.ts';

interface Step {
  readonly batches: readonly (readonly EventInput[])[];
  /** Share of the log that retention removes at the end. */
  readonly trim: number;
}

const eventArbitrary = fc.record(
  {
    timestamp: fc.constant('2025-10-21T10:30:45.123Z'),
    source_app: fc.constantFrom('shop', 'billing', "it's"),
    event_type: fc.constantFrom('PreToolUse', 'PostToolUse', 'Stop', 'Notification'),
    session_id: fc.constantFrom('s1', 's2', 's3', 's4'),
    agent_id: fc.constantFrom('a1', 'a2'),
    agent_type: fc.constantFrom('Explore', 'Plan'),
  },
  { requiredKeys: ['timestamp', 'source_app', 'event_type'] },
);
const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  batches: fc.array(fc.array(eventArbitrary, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 10 }),
  trim: fc.double({ min: 0, max: 1, noNaN: true }),
});

function recordOf(event: EventInput, seq: number): LogRecord {
  const body = JSON.stringify(event);
  return { seq, at: 1_000 * seq, type: RECORDED, channel: OBSERVABILITY_CHANNEL, body, tag: 't' };
}

function openProjection() {
  const database = openForWriting(':memory:');
  database.exec(observabilityProjection.create);
  return { database, writer: observabilityProjection.open(database) };
}

function tables(database: ProjectionDatabase) {
  return {
    events: database
      .prepare(
        `SELECT seq, a.name AS app, t.name AS type, s.name AS session FROM obs_event e
         JOIN obs_app a ON a.id = e.app JOIN obs_type t ON t.id = e.type
         LEFT JOIN obs_session s ON s.id = e.session ORDER BY seq`,
      )
      .all(),
    counts: database
      .prepare(
        `SELECT a.name AS app, t.name AS type, events FROM obs_count c
         JOIN obs_app a ON a.id = c.app JOIN obs_type t ON t.id = c.type ORDER BY 1, 2`,
      )
      .all(),
    apps: database.prepare('SELECT name FROM obs_app ORDER BY name').all(),
    types: database.prepare('SELECT name FROM obs_type ORDER BY name').all(),
  };
}

function activity(database: ProjectionDatabase) {
  const columns = 'first_at, last_at, last_seq, event_count, last_event_type';
  return {
    sessions: database.prepare(`SELECT name, source_app, ${columns} FROM obs_session ORDER BY name`).all(),
    agents: database
      .prepare(
        `SELECT s.name AS session, agent_id, agent_type, a.last_at, a.last_seq, a.event_count, a.last_event_type
         FROM obs_agent a JOIN obs_session s ON s.id = a.session ORDER BY 1, 2`,
      )
      .all(),
  };
}

describe('observabilityProjection', () => {
  it('gives the same tables however the events are batched', () => {
    fc.assert(
      fc.property(stepArbitrary, ({ batches }) => {
        using batched = openProjection().database;
        using single = openProjection().database;
        const inBatches = observabilityProjection.open(batched);
        const oneByOne = observabilityProjection.open(single);
        let seq = 0;
        for (const batch of batches) {
          const records = batch.map((event, index) => recordOf(event, seq + index + 1));
          seq += records.length;
          inBatches.apply(records);
          for (const record of records) oneByOne.apply([record]);
        }
        expect(tables(batched)).toEqual(tables(single));
        expect(activity(batched)).toEqual(activity(single));
      }),
      { numRuns: 40 },
    );
  });

  it('equals a fold of what retention left, keeps the counts of living sessions and forgets dead ones', () => {
    fc.assert(
      fc.property(stepArbitrary, ({ batches, trim }) => {
        const records = batches.flat().map((event, index) => recordOf(event, index + 1));
        const through = Math.floor(records.length * trim);
        const trimmed = openProjection();
        const fresh = openProjection();
        using _one = trimmed.database;
        using _two = fresh.database;
        trimmed.writer.apply(records);
        const before = activity(trimmed.database);
        trimmed.writer.trim?.(through);
        fresh.writer.apply(records.slice(through));
        expect(tables(trimmed.database)).toEqual(tables(fresh.database));
        const isAlive = (row: unknown) => (row as { last_seq: number }).last_seq > through;
        expect(activity(trimmed.database).sessions).toEqual(before.sessions.filter(isAlive));
      }),
      { numRuns: 40 },
    );
  });

  it('goes on after a transaction that was rolled back', () => {
    const { database, writer } = openProjection();
    using _ = database;
    const event: EventInput = {
      timestamp: '2025-10-21T10:30:45Z',
      source_app: 'shop',
      event_type: 'Stop',
      session_id: 's',
    };
    expect(() =>
      database.transaction(() => {
        writer.apply([recordOf(event, 1)]);
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    writer.apply([recordOf(event, 1)]);
    expect(tables(database).counts).toEqual([{ app: 'shop', type: 'Stop', events: 1 }]);
    expect(tables(database).events).toEqual([{ seq: 1, app: 'shop', type: 'Stop', session: 's' }]);
  });

  it('leaves records of other surfaces alone', () => {
    const { database, writer } = openProjection();
    using _ = database;
    writer.apply([{ seq: 1, at: 1, type: 'messages.received', channel: 'messages', body: '{"user":"u"}', tag: 't' }]);
    expect(tables(database)).toEqual({ events: [], counts: [], apps: [], types: [] });
  });

  it('can be dropped and rebuilt', () => {
    using database = openForWriting(':memory:');
    database.exec(observabilityProjection.create);
    database.exec(observabilityProjection.drop);
    database.exec(observabilityProjection.create);
    expect(tables(database).events).toEqual([]);
  });
});
