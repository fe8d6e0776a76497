import { describe, expect, it } from 'vitest';
import { type EventFilters, eventFiltersSchema, isFiltered, matchesFilters } from './event-filters.ts';
import { observed } from './testing/observed.ts';

const event = observed({
  id: 1,
  session_id: 's-1',
  tool_name: 'Bash',
  summary: 'Run the tests',
  metadata: '{"command":"npm TEST"}',
});

describe('matchesFilters', () => {
  it.each<[EventFilters, boolean]>([
    [{}, true],
    [{ source_app: 'shop' }, true],
    [{ source_app: 'sho' }, false],
    [{ session_id: 's-1', event_type: 'PreToolUse' }, true],
    [{ session_id: 's-1', event_type: 'Stop' }, false],
    [{ q: 'RUN THE' }, true],
    [{ q: 'npm test' }, true],
    [{ q: 'bash' }, true],
    [{ q: 'S-1' }, true],
    [{ q: 'nowhere' }, false],
    [{ q: 'tests', source_app: 'other' }, false],
  ])('%j → %s', (filters, expected) => {
    expect(matchesFilters(event, filters)).toBe(expected);
  });

  it('never finds text in a member that the event does not have', () => {
    expect(matchesFilters(observed({ id: 2 }), { q: 'undefined' })).toBe(false);
  });
});

describe('eventFiltersSchema', () => {
  it('takes what it knows from a URL and leaves the rest', () => {
    expect(eventFiltersSchema.parse({ q: 'x', source_app: '', event_type: 7, page: '2' })).toEqual({ q: 'x' });
    expect(isFiltered(eventFiltersSchema.parse({}))).toBe(false);
    expect(isFiltered({ q: 'x' })).toBe(true);
  });
});
