import { describe, expect, it } from 'vitest';
import type { AuditLine, AuditPage } from '../events.ts';
import { auditQuery, auditSearchSchema, feedQuery, isFiltered, isWithin } from './audit-search.ts';
import { addEntry, addOlder, heldBack, MAX_ENTRIES } from './audit-state.ts';

const entry = (id: number): AuditLine => ({
  id,
  at: '2026-11-21T07:00:00.000Z',
  actor: 'ann',
  action: 'proposal.created',
  resource_type: 'proposal',
  resource_id: 'shop.x',
  outcome: 'success',
  ip: '127.0.0.1',
});
const page = (ids: readonly number[], before: number | null = null): AuditPage => ({
  entries: ids.map(entry),
  total: ids.length,
  before,
  cursor: 'log.9.t',
});
const idsOf = ({ entries }: Pick<AuditPage, 'entries'>) => entries.map(({ id }) => id);

describe('the audit trail of a page', () => {
  it('puts new entries first, each once', () => {
    const state = addEntry(addEntry(page([3, 2]), entry(5)), entry(5));
    expect([idsOf(state), state.total]).toEqual([[5, 3, 2], 3]);
  });

  it('adds older pages at its end, and knows where the next begins', () => {
    const state = addOlder(page([5, 4], 4), page([4, 3, 1], 1));
    expect([idsOf(state), state.before]).toEqual([[5, 4, 3, 1], 1]);
  });

  it('holds so many entries at most; older ones can be read again', () => {
    const full = page(Array.from({ length: MAX_ENTRIES }, (_, index) => MAX_ENTRIES - index));
    const state = addEntry(full, entry(MAX_ENTRIES + 1));
    expect([state.entries.length, state.before]).toEqual([MAX_ENTRIES, 2]);
  });

  it('stands still while it is paused, and counts what is new', () => {
    const { shown, held } = heldBack(page([7, 6, 5, 4]).entries, 5);
    expect([idsOf({ entries: [...shown] }), held]).toEqual([[5, 4], 2]);
    expect(heldBack(page([7, 6]).entries, undefined)).toMatchObject({ held: 0, shown: [{ id: 7 }, { id: 6 }] });
  });
});

describe('the filters of the audit', () => {
  const search = auditSearchSchema.parse({ actor: 'ann', outcome: 'denied', from: '2026-11-21T06:00:00Z', q: 'x' });

  it('reads them from the URL and leaves out what it does not know', () => {
    expect(search).toEqual({ actor: 'ann', outcome: 'denied', from: '2026-11-21T06:00:00Z' });
    expect(auditSearchSchema.parse({ outcome: 'maybe', from: 'soon', actor: '' })).toEqual({});
    expect([isFiltered(search), isFiltered({})]).toEqual([true, false]);
  });

  it('gives all of them to the API, and no times to the feed', () => {
    expect(auditQuery(search, { format: 'csv' })).toBe(
      'format=csv&actor=ann&outcome=denied&from=2026-11-21T06%3A00%3A00Z',
    );
    expect(feedQuery(search)).toBe('actor=ann&outcome=denied');
  });

  it('holds live entries to the times itself', () => {
    expect(isWithin(search, '2026-11-21T07:00:00Z')).toBe(true);
    expect(isWithin(search, '2026-11-21T05:00:00Z')).toBe(false);
    expect(isWithin({ to: '2026-11-21T06:00:00Z' }, '2026-11-21T07:00:00Z')).toBe(false);
  });
});
