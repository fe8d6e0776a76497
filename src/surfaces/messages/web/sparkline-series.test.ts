import { expect, test } from 'vitest';
import { barsPath, describeHour, lastHour } from './sparkline-series.ts';

test('the last hour has one count for each minute, and nothing of before or after it', () => {
  const counts = lastHour(
    [
      [940, 7],
      [941, 1],
      [1_000, 4],
      [1_001, 9],
    ],
    1_000,
  );
  expect(counts).toHaveLength(60);
  expect(counts[0]).toBe(1);
  expect(counts[59]).toBe(4);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
});

test.each([
  [[], 'No messages in the last hour'],
  [[[1_000, 3]], '3 in the last hour, most this minute: 3'],
  [
    [
      [988, 1_200],
      [1_000, 3],
    ],
    '1,203 in the last hour, most 12 min ago: 1,200',
  ],
] as const)('%j is put into words', (activity, words) => {
  expect(describeHour(lastHour(activity, 1_000))).toBe(words);
});

test('bars are as high as their share of the highest, and one message can be seen beside thousands', () => {
  expect(barsPath([0, 4, 2])).toBe('M1 20v-20.0h.75V20zM2 20v-10.0h.75V20z');
  expect(barsPath([10_000, 1])).toContain('v-1.5');
  expect(barsPath([0, 0])).toBe('');
});
