import { expect, it } from 'vitest';
import type { ReconciliationEvent } from '../events.ts';
import { shownStatus } from './shown-status.ts';

const event = (status: string, more: object = {}) =>
  ({ status, lastReportAt: new Date(0).toISOString(), ...more }) as ReconciliationEvent;

it.each([
  ['verified', 14_999, 0, 'verified'],
  ['verified', 15_000, 0, 'stale'],
  ['verified', 60_000, undefined, 'verified'],
  ['verified', 60_000, 59_000, 'verified'],
  ['verified', 75_000, 60_000, 'stale'],
  ['discrepancy', 60_000, 0, 'discrepancy'],
  ['stale', 0, undefined, 'stale'],
] as const)(
  '%s, %d ms after the last report, silent since %s, is shown as %s',
  (status, now, silentSince, expected) => {
    expect(shownStatus(event(status), now, silentSince).status).toBe(expected);
  },
);

it('says why a service is stale', () => {
  expect(shownStatus(event('stale', { staleReason: 'awaiting_actual' }), 0, undefined).why).toBe(
    'waiting for the actual side',
  );
  expect(shownStatus(event('verified'), 15_000, 0).why).toBe('not heard of since the connection was lost');
});
