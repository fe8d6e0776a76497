import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord, NewEvent } from '../../engine/log/log.ts';
import { openForWriting, type SqliteDatabase } from '../../engine/log/sqlite/database.ts';
import { migrate } from '../../engine/log/sqlite/migrations.ts';
import { deletionEvent, historyRemovedEvent } from './deletion.ts';
import { toLogEvent } from './message-body.ts';
import { messagesProjection } from './projection.ts';
import { foldMessages, tablesOf } from './testing/fold-messages.ts';

type Step =
  | { readonly kind: 'append'; readonly events: readonly NewEvent[]; readonly minutes: number }
  | { readonly kind: 'trim'; readonly share: number };

const name = fc.constantFrom('ann', 'bob', "o'neil", 'ünï', '"quoted",');
const postArbitrary = fc
  .record(
    {
      user: name,
      channel: name,
      text: fc.constantFrom('hello world', 'deploy done', 'hello "id":"x"'),
      minute: fc.nat(200),
      display_name: fc.constantFrom('Ann', 'Bob'),
      id: fc.uuid(),
    },
    { requiredKeys: ['user', 'channel', 'text', 'minute'] },
  )
  .map(({ minute, ...message }) => toLogEvent({ ...message, sent_at: new Date(60_000 * minute).toISOString() }));
const deletionArbitrary = fc
  .record({
    kind: fc.constantFrom('channel' as const, 'user' as const),
    name,
    history: fc.constantFrom('keep' as const, 'delete' as const),
  })
  .map(({ kind, ...deletion }) => deletionEvent(kind, deletion));
const partialArbitrary = fc
  .record({ kind: fc.constantFrom('channel' as const, 'user' as const), name, through: fc.nat(60) })
  .map(historyRemovedEvent);
const other: NewEvent = { type: 'observability.recorded', channel: 'observability', body: '{"user":"u"}' };
const eventArbitrary = fc.oneof(
  { weight: 12, arbitrary: postArbitrary },
  { weight: 2, arbitrary: deletionArbitrary },
  { weight: 1, arbitrary: partialArbitrary },
  { weight: 1, arbitrary: fc.constant(other) },
);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      events: fc.array(eventArbitrary, { minLength: 1, maxLength: 12 }),
      minutes: fc.integer({ min: -5, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('trim' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);
const stepsArbitrary = fc.array(stepArbitrary, { minLength: 1, maxLength: 12 });

/** The log and the projection as the writer of the log keeps them. */
function openLog() {
  const database = openForWriting(':memory:');
  migrate(database);
  database.exec(messagesProjection.create);
  database.exec(`INSERT INTO projection VALUES ('messages', 1, 0)`);
  const writer = messagesProjection.open(database);
  const insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)');
  return {
    database,
    apply(records: readonly LogRecord[]) {
      database.transaction(() => {
        for (const { seq, at, type, channel, body, tag } of records) insert.run(seq, at, type, channel, body, tag);
        writer.apply(records);
        database.prepare('UPDATE projection SET position = ?').run(records.at(-1)?.seq ?? 0);
      });
    },
    trim(through: number) {
      database.transaction(() => {
        database.prepare('DELETE FROM log WHERE seq <= ?').run(through);
        writer.trim?.(through);
      });
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Gives events their place in the log. */
function recordsOf(
  steps: readonly Step[],
): readonly ({ readonly records: readonly LogRecord[] } | { readonly through: number })[] {
  let seq = 0;
  let trimmed = 0;
  let minute = 1_000;
  return steps.map((step) => {
    if (step.kind === 'trim') {
      trimmed = Math.max(trimmed, Math.floor(seq * step.share));
      return { through: trimmed };
    }
    minute += step.minutes;
    const at = 60_000 * minute;
    return {
      records: step.events.map(({ type, channel, body }) => {
        seq += 1;
        return { seq, at, type, channel, body, tag: 't' };
      }),
    };
  });
}

function found(database: SqliteDatabase, expression: string): number[] {
  return database
    .prepare('SELECT rowid AS seq FROM msg_text WHERE msg_text MATCH ? ORDER BY rowid')
    .all<{ seq: number }>(expression)
    .map(({ seq }) => seq);
}

describe('messagesProjection', () => {
  it('equals a fold of what was posted, deleted and removed by retention, in any order', () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        using log = openLog();
        const changes = recordsOf(steps);
        for (const change of changes) {
          if ('through' in change) log.trim(change.through);
          else log.apply(change.records);
        }
        const expected = foldMessages(changes);
        expect(tablesOf(log.database)).toEqual(expected.tables);
        for (const word of ['hello', 'deploy', 'hel*', 'x']) {
          const matching = expected.messages.filter(({ text }) => new RegExp(`\\b${word.replace('*', '')}`).test(text));
          expect(found(log.database, `{text} : ${word}`)).toEqual(matching.map(({ seq }) => seq));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same tables however the records are batched, and when it is rebuilt', () => {
    fc.assert(
      fc.property(
        fc.array(eventArbitrary, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (events, size) => {
          using batched = openLog();
          using single = openLog();
          const records = events.map((event, index) => ({ ...event, seq: index + 1, at: 30_000 * index, tag: 't' }));
          for (let from = 0; from < records.length; from += size) batched.apply(records.slice(from, from + size));
          for (const record of records) single.apply([record]);
          expect(tablesOf(batched.database)).toEqual(tablesOf(single.database));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same after retention as one that never knew what retention removed', () => {
    fc.assert(
      fc.property(
        fc.array(postArbitrary, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (events, share) => {
          using trimmed = openLog();
          using rebuilt = openLog();
          const records = events.map((event, index) => ({ ...event, seq: index + 1, at: 1_000, tag: 't' }));
          const through = Math.floor(records.length * share);
          trimmed.apply(records);
          trimmed.trim(through);
          if (through < records.length) rebuilt.apply(records.slice(through));
          const counts = ({ database }: ReturnType<typeof openLog>) => {
            const { messages, channels, members, total } = tablesOf(database);
            const { changed_seq: _, ...counted } = total;
            return {
              messages,
              members,
              counted,
              channels: channels.map(({ changed_seq: __, activity: ___, ...row }) => row),
            };
          };
          const counted = counts(trimmed);
          expect(counted).toEqual(counts(rebuilt));
          expect(counted.counted.messages).toBe(records.length - through);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on after a transaction that was rolled back', () => {
    using log = openLog();
    const event = toLogEvent({ user: 'ann', channel: 'a', text: 'hello', sent_at: '2026-01-01T00:00:00.000Z' });
    const record = { ...event, seq: 1, at: 1_000, tag: 't' };
    log.database.exec(
      "CREATE TEMP TRIGGER full BEFORE UPDATE ON msg_total BEGIN SELECT raise(ABORT, 'disk full'); END",
    );
    expect(() => log.apply([record])).toThrow('disk full');
    log.database.exec('DROP TRIGGER full');
    log.apply([record]);
    expect(tablesOf(log.database)).toMatchObject({
      messages: [{ seq: 1 }],
      total: { messages: 1, channels: 1, users: 1 },
    });
    expect(found(log.database, 'hello')).toEqual([1]);
  });

  it('can be dropped and created again', () => {
    using log = openLog();
    log.database.exec(messagesProjection.drop);
    log.database.exec(messagesProjection.create);
    expect(tablesOf(log.database).messages).toEqual([]);
  });
});
