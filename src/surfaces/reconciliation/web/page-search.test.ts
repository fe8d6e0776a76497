import { describe, expect, it } from 'vitest';
import type { ReconciliationEvent } from '../events.ts';
import { auditQuery, matchesFilters, pageSearchSchema } from './page-search.ts';

const NOTHING = pageSearchSchema.parse({});

describe('the page in the URL', () => {
  it('leaves out what it cannot read', () => {
    const search = { service: 'billing', status: 'fine', from: 'yesterday', page: '0', open: '' };
    expect(pageSearchSchema.parse(search)).toEqual({ ...NOTHING, service: 'billing' });
  });

  it('becomes the query of the audit', () => {
    const search = pageSearchSchema.parse({
      status: 'stale',
      from: '2026-01-01T00:00:00Z',
      page: '3',
      open: 'billing',
    });
    expect(auditQuery(search, 25)).toBe('page=3&limit=25&status=stale&from=2026-01-01T00%3A00%3A00Z');
    expect(auditQuery(NOTHING, 25)).toBe('page=1&limit=25');
  });
});

describe('matchesFilters', () => {
  const event = { service: 'billing', status: 'stale', at: '2026-01-01T12:00:00.000Z' } as ReconciliationEvent;
  it.each([
    [{}, true],
    [{ service: 'billing', status: 'stale' }, true],
    [{ service: 'archive' }, false],
    [{ status: 'verified' }, false],
    [{ from: '2026-01-01T12:00:00Z', to: '2026-01-01T12:00:00Z' }, true],
    [{ from: '2026-01-01T12:00:01Z' }, false],
    [{ to: '2026-01-01T11:59:59Z' }, false],
  ] as const)('%j: %j', (search, expected) => {
    expect(matchesFilters(event, pageSearchSchema.parse(search))).toBe(expected);
  });
});
