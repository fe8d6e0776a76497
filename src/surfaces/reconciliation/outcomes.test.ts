import { expect, test } from 'vitest';
import { serviceOutcome } from './outcomes.ts';
import { CLIENT_FAILED, type UpdateBody, updateEvent } from './record.ts';

const record = (status: UpdateBody['status']) => {
  const body = { service: 'billing', status, counts: {}, checksum: '', latencyMs: 0, lastReportAt: '' };
  return { ...updateEvent(body), seq: 1, at: 0, tag: 't' };
};

test.each([
  ['verified', 'succeeded'],
  ['discrepancy', 'failed'],
  ['stale', 'failed'],
] as const)('a service that is %s has %s', (status, kind) => {
  expect(serviceOutcome(record(status))).toEqual({ of: 'service billing', kind });
});

test('an error of a browser is nobody’s outcome', () => {
  expect(serviceOutcome({ ...record('stale'), type: CLIENT_FAILED })).toBeUndefined();
});
