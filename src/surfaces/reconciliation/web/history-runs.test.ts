import { expect, it } from 'vitest';
import type { ReconciliationEvent } from '../events.ts';
import { historyRuns } from './history-runs.ts';

const REST = {
  eventId: '1',
  type: 'reconciliation.update',
  service: 'billing',
  counts: {},
  checksum: '',
  latencyMs: 0,
  cursor: '',
  lastReportAt: '',
} as const;
const event = (at: string, status: ReconciliationEvent['status'], actual?: Record<string, number>) =>
  ({
    ...REST,
    at,
    status,
    ...(actual && { discrepancyDetails: { expected: { a: 1 }, actual, missingJobIds: [] } }),
  }) satisfies ReconciliationEvent;

it('folds updates in a row that say the same, and begins anew where something changed', () => {
  const runs = historyRuns([
    event('6', 'verified'),
    event('5', 'verified'),
    event('4', 'discrepancy', { a: 2 }),
    event('3', 'discrepancy', { a: 3 }),
    event('2', 'discrepancy', { a: 1, b: 1 }),
    event('1', 'verified'),
  ]);
  expect(runs.map(({ newest, since, count }) => [newest.at, since, count])).toEqual([
    ['6', '5', 2],
    ['4', '3', 2],
    ['2', '2', 1],
    ['1', '1', 1],
  ]);
});
