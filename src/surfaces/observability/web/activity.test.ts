import { describe, expect, it } from 'vitest';
import { Activity, describeActivity, formatRate, isPartlyCounted, OTHER_TYPES } from './activity.ts';

const NOW = 1_700_000_000_000;
const ago = (seconds: number) => NOW - seconds * 1_000;

function filled(entries: readonly (readonly [secondsAgo: number, type: string])[]): Activity {
  const activity = new Activity();
  for (const [secondsAgo, type] of entries) activity.add(ago(secondsAgo), type, NOW);
  return activity;
}

describe('Activity', () => {
  it('counts each event in the column of its own second, late ones too', () => {
    const series = filled([
      [0, 'Stop'],
      [3, 'Stop'],
      [3, 'Stop'],
    ]).series(NOW, 1, 6);
    expect(series.times.at(-1)).toBe(NOW / 1_000);
    expect(series.types[0]?.rates.at(-1)).toBe(1);
    expect(series.types[0]?.rates.at(-4)).toBe(2);
    expect(series.total).toBe(3);
  });

  it('shows events per second whatever the window', () => {
    const activity = filled(Array.from({ length: 30 }, () => [20, 'Stop'] as const));
    expect(Math.max(...(activity.series(NOW, 5, 6).types[0]?.rates ?? []))).toBe(6);
    expect(Math.max(...(activity.series(NOW, 15, 6).types[0]?.rates ?? []))).toBe(2);
  });

  it('leaves out what is older than the window and forgets what is older than 15 minutes', () => {
    const activity = filled([
      [61, 'Stop'],
      [901, 'Stop'],
    ]);
    expect(activity.series(NOW, 1, 6).total).toBe(0);
    expect(activity.series(NOW, 15, 6).total).toBe(1);
    activity.add(NOW + 900_000, 'Stop', NOW + 900_000);
    expect(activity.series(NOW, 15, 6).total).toBe(0);
  });

  it('counts an event from a clock that runs ahead as of now', () => {
    expect(
      filled([[-300, 'Stop']])
        .series(NOW, 1, 6)
        .types[0]?.rates.at(-1),
    ).toBe(1);
  });

  it('ranks types by their number and sums up the rest', () => {
    const series = filled([
      [1, 'a'],
      [1, 'b'],
      [1, 'b'],
      [1, 'c'],
      [1, 'd'],
    ]).series(NOW, 1, 3);
    expect(series.types.map(({ type, total }) => [type, total])).toEqual([
      ['b', 2],
      ['a', 1],
      [OTHER_TYPES, 2],
    ]);
  });

  it('says when part of a window was not counted', () => {
    const activity = filled([[10, 'Stop']]);
    expect(isPartlyCounted(activity.series(NOW, 15, 6))).toBe(false);
    activity.countFrom(ago(120));
    expect(isPartlyCounted(activity.series(NOW, 1, 6))).toBe(false);
    expect(isPartlyCounted(activity.series(NOW, 5, 6))).toBe(true);
  });

  it('gives the mean rate of whole seconds', () => {
    const activity = filled([
      [0, 'now is not over yet'],
      [1, 'a'],
      [9, 'a'],
      [11, 'too old'],
    ]);
    expect(activity.rate(NOW, 10)).toBe(0.2);
  });

  it('says in words what the chart shows', () => {
    expect(describeActivity(new Activity().series(NOW, 1, 6), 1)).toBe('No events in the last minute.');
    const busy = filled([
      [2, 'Stop'],
      [2, 'Stop'],
      [9, 'PreToolUse'],
    ]);
    expect(describeActivity(busy.series(NOW, 1, 6), 5)).toBe(
      '3 events in the last 5 minutes: 2 Stop, 1 PreToolUse. Peak 2 per second.',
    );
    expect(formatRate(1234.4)).toBe('1,234');
  });
});
