import { expect, it } from 'vitest';
import type { ReconciliationEvent } from '../events.ts';
import { shownStatus } from './shown-status.ts';

const event = (status: string, more: object = {}) =>
  ({ status, lastReportAt: new Date(0).toISOString(), ...more }) as ReconciliationEvent;

it.each([
  ['verified', 14_999, false, 'verified'],
  ['verified', 15_000, false, 'stale'],
  ['verified', 15_000, true, 'verified'],
  ['discrepancy', 60_000, false, 'discrepancy'],
  ['stale', 0, true, 'stale'],
] as const)('%s, %d ms after the last report, heard: %s, is shown as %s', (status, now, isHeard, expected) => {
  expect(shownStatus(event(status), now, isHeard).status).toBe(expected);
});

it('says why a service is stale', () => {
  expect(shownStatus(event('stale', { staleReason: 'awaiting_actual' }), 0, true).why).toBe(
    'waiting for the actual side',
  );
  expect(shownStatus(event('verified'), 15_000, false).why).toBe('not heard of since the connection was lost');
});
