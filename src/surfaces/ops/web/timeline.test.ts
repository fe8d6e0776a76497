import { describe, expect, it } from 'vitest';
import { showTimeZone } from '../../../ui/time-format.ts';
import type { Timeline } from '../events.ts';
import { describeTimeline, timelineColumns } from './timeline.ts';

const START = Date.UTC(2026, 10, 21, 4);
const now = START + 6 * 3_600_000;

function timeline(range: Timeline['range'], minutes: number, events: Readonly<Record<number, number>>): Timeline {
  return {
    range,
    minutes: Array.from({ length: minutes }, (_, index) => ({
      minute: new Date(START + index * 60_000).toISOString(),
      events: events[index] ?? 0,
      failures: index === 7 ? 1 : 0,
    })),
    cursor: 'e.1.t',
  };
}

describe('timelineColumns', () => {
  it('adds up as many minutes as the range has to a column, none twice and none left out', () => {
    const columns = timelineColumns(timeline('6h', 360, { 0: 1, 4: 2, 5: 4, 359: 8 }));
    expect(columns).toHaveLength(72);
    expect(columns.map(({ events }) => events).filter((events) => events > 0)).toEqual([3, 4, 8]);
    expect(columns[1]).toEqual({ at: START + 5 * 60_000, events: 4, failures: 1 });
  });
});

describe('describeTimeline', () => {
  it('says the sums and the highest column', () => {
    showTimeZone('UTC');
    const busy = timeline('6h', 360, { 0: 1, 5: 1_400 });
    expect(describeTimeline(busy, timelineColumns(busy), now)).toBe(
      '1,401 events in the last 6 hours, 1 failure; the most, 1,400, in the 5 minutes from 04:05.',
    );
    const quiet = timeline('1h', 5, {});
    expect(describeTimeline(quiet, timelineColumns(quiet), now)).toBe('0 events in the last hour, 0 failures.');
    showTimeZone(undefined);
  });
});
