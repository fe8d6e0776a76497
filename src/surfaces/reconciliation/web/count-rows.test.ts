import { expect, it } from 'vitest';
import type { ReconciliationEvent } from '../events.ts';
import { countRows } from './count-rows.ts';

const event = (members: Partial<ReconciliationEvent>) =>
  ({ counts: {}, actualAt: '2026-01-01T00:00:00Z', ...members }) as ReconciliationEvent;

it('lists the keys of both sides, those that differ first', () => {
  const rows = countRows(event({ expectedCounts: { a: 1, b: 2, d: 4 }, counts: { a: 1, b: 3, c: 0 } }));
  expect(rows).toEqual([
    { key: 'b', expected: 2, actual: 3, differs: true },
    { key: 'c', expected: undefined, actual: 0, differs: true },
    { key: 'd', expected: 4, actual: undefined, differs: true },
    { key: 'a', expected: 1, actual: 1, differs: false },
  ]);
});

it('calls nothing different while one side is unknown', () => {
  expect(countRows(event({ counts: { a: 1 } })).some(({ differs }) => differs)).toBe(false);
  const { actualAt: _, ...waiting } = event({ expectedCounts: { a: 1 } });
  expect(countRows(waiting)).toEqual([{ key: 'a', expected: 1, actual: undefined, differs: false }]);
});

it('does not take what every object has for a count', () => {
  expect(countRows(event({ expectedCounts: { constructor: 1 }, counts: {} }))[0]?.actual).toBeUndefined();
});
