import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Summary } from './summary.ts';
import { SummaryList } from './summary-list.ts';
import { compareSummaries, type SummaryQuery, summaryQuery } from './summary-search.ts';

const MOST_MESSAGES = summaryQuery({});

function row(name: string, messageCount: number, change: Partial<Summary> = {}): Summary {
  return {
    name,
    messageCount,
    displayName: undefined,
    lastMessageAt: undefined,
    activity: [],
    unavailable: undefined,
    asOf: 1,
    changes: 0,
    changedAt: undefined,
    ...change,
  };
}

function listOf(rows: readonly Summary[], options: { query?: SummaryQuery; total?: number; limit?: number } = {}) {
  const { query = MOST_MESSAGES, total = rows.length, limit = 3 } = options;
  return new SummaryList(query, { rows, total }, limit);
}

const names = (list: SummaryList) => list.rows.map(({ name }) => name);

test('values change at once, the order when it is asked for', () => {
  const list = listOf([row('a', 5), row('b', 3)]);
  expect(list.take([row('b', 9, { asOf: 2 })], 100)).toBe(true);
  expect(list.rows.map(({ name, messageCount }) => [name, messageCount])).toEqual([
    ['a', 5],
    ['b', 9],
  ]);
  expect(list.rows[1]).toMatchObject({ changes: 1, changedAt: 100 });
  expect(list.isOutOfOrder).toBe(true);
  list.reorder();
  expect(names(list)).toEqual(['b', 'a']);
  expect(list.isOutOfOrder).toBe(false);
});

test('a row that is older than what is known, or repeats it, changes nothing', () => {
  const list = listOf([row('a', 5, { asOf: 10 })]);
  expect(list.take([row('a', 4, { asOf: 9 }), row('a', 5, { asOf: 10 })], 100)).toBe(false);
  expect(list.rows).toEqual([row('a', 5, { asOf: 10 })]);
});

test('a row that was not in the list stands where it belongs, and the list stays bounded', () => {
  const list = listOf([row('a', 5), row('b', 3), row('c', 2)], { total: 50 });
  expect(list.take([row('d', 4, { asOf: 2 }), row('e', 1, { asOf: 2 })], 100)).toBe(true);
  list.reorder();
  expect(names(list)).toEqual(['a', 'd', 'b']);
  expect(list.total).toBe(50);
  expect(list.take([row('c', 2, { asOf: 3 })], 100)).toBe(false);
});

test('a list of everything counts what is in it, and what was deleted no longer', () => {
  const list = listOf([row('a', 5), row('b', 3)]);
  list.take([row('c', 1, { asOf: 2 }), row('a', 0, { asOf: 3, unavailable: 'keep' })], 100);
  list.reorder();
  expect(list.isComplete).toBe(true);
  expect(list.total).toBe(2);
  expect(list.rows[0]).toMatchObject({ name: 'a', messageCount: 5, unavailable: 'keep' });
  list.take([row('a', 1, { asOf: 4 })], 100);
  expect(list.total).toBe(3);
  expect(list.rows.find(({ name }) => name === 'a')).toMatchObject({ messageCount: 1, unavailable: undefined });
});

test('what was deleted before it was ever shown is not shown', () => {
  const list = listOf([row('a', 5)]);
  expect(list.take([row('gone', 0, { asOf: 2, unavailable: 'delete' })], 100)).toBe(false);
});

test('rows that do not match the search stay out', () => {
  const list = listOf([row('Alpha', 5)], { query: summaryQuery({ q: 'AL' }) });
  list.take([row('beta', 9, { asOf: 2 }), row('vital', 1, { asOf: 2 })], 1);
  list.reorder();
  expect(names(list)).toEqual(['Alpha', 'vital']);
});

test('rows that pass the last one known leave, and a list that lost many of them says so', () => {
  const list = listOf([row('a', 1), row('b', 2), row('c', 3)], {
    query: summaryQuery({ order: 'asc' }),
    total: 50,
  });
  list.take([row('a', 7, { asOf: 2 })], 100);
  list.reorder();
  expect(names(list)).toEqual(['b', 'c']);
  expect(list.isThin).toBe(true);
});

test('of many rows with equal values, those that were loaded stay', () => {
  const list = listOf([row('z', 1), row('y', 1), row('x', 1)], { total: 50 });
  list.take([row('x', 2, { asOf: 2 })], 100);
  list.reorder();
  expect(names(list)).toEqual(['x', 'y', 'z']);
  expect(list.isThin).toBe(false);
});

test('names are sorted without regard to case, both ways', () => {
  const rows = [row('b', 1), row('A', 2), row('a', 3), row('C', 4)];
  expect(names(listOf(rows, { query: summaryQuery({ sort: 'name' }), limit: 9 }))).toEqual(['A', 'a', 'b', 'C']);
  const query = summaryQuery({ sort: 'name', order: 'desc' });
  expect(names(listOf(rows, { query, limit: 9 }))).toEqual(['C', 'b', 'a', 'A']);
});

test('with any rows in any order, a list of the most messages is the top of what they add up to', () => {
  const change = fc.record({ name: fc.constantFrom(...'abcdefgh'), add: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.array(fc.boolean(), { maxLength: 60 }), (changes, reorders) => {
      const counts = new Map([...'abcdefgh'].map((name, index) => [name, 8 - index]));
      const all = () => [...counts].map(([name, count]) => row(name, count)).sort(compareSummaries(MOST_MESSAGES));
      const list = listOf(all().slice(0, 3), { total: 8 });
      for (const [index, { name, add }] of changes.entries()) {
        const count = (counts.get(name) ?? 0) + add;
        counts.set(name, count);
        list.take([row(name, count, { asOf: index + 2 })], 100);
        if (reorders[index]) list.reorder();
      }
      list.reorder();
      const shown = list.rows.map(({ name, messageCount }) => [name, messageCount]);
      expect(shown).toEqual(
        all()
          .slice(0, 3)
          .map(({ name, messageCount }) => [name, messageCount]),
      );
    }),
  );
});
