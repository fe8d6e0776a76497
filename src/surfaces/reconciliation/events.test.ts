import { expect, it } from 'vitest';
import { auditEntrySchema, reconciliationEventSchema } from './events.ts';

const UPDATE = {
  eventId: '7',
  service: 'billing',
  status: 'discrepancy',
  counts: { invoices: 9 },
  checksum: '5a'.repeat(32),
  latencyMs: 12,
  discrepancyDetails: { expected: { invoices: 10 }, actual: { invoices: 9 }, missingJobIds: ['job-3'] },
  type: 'reconciliation.update',
  at: '2026-01-01T00:00:00.000Z',
  cursor: 'abc.7.def',
  expectedCounts: { invoices: 10 },
  expectedAt: '2026-01-01T00:00:00.000Z',
  actualAt: '2026-01-01T00:00:00.000Z',
  lastReportAt: '2026-01-01T00:00:00.000Z',
};

it('accepts an update with every member of the schema of specs/001', () => {
  expect(reconciliationEventSchema.parse(UPDATE)).toEqual(UPDATE);
});

it.each(['eventId', 'service', 'status', 'counts', 'checksum', 'latencyMs'] as const)(
  'refuses an update without %s',
  (member) => {
    expect(reconciliationEventSchema.safeParse({ ...UPDATE, [member]: undefined }).success).toBe(false);
  },
);

it('tells the entries of the audit apart by their type', () => {
  const error = { eventId: '8', type: 'client.error', at: UPDATE.at, cursor: UPDATE.cursor, message: 'oops' };
  expect([UPDATE, error].map((entry) => auditEntrySchema.parse(entry).type)).toEqual([UPDATE.type, error.type]);
});
