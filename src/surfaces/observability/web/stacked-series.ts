import type { ActivitySeries } from './activity.ts';

/**
 * Rows for uPlot, which has no stacking: the times, then `slots` cumulated series, the tallest first, so that each is
 * painted over by those that belong below it. Slot `n` shows type `slots - 1 - n`.
 */
export function stackedRows({ times, types }: ActivitySeries, slots: number): number[][] {
  const sums = new Array<number>(times.length).fill(0);
  const rows: number[][] = [];
  for (let index = 0; index < slots; index += 1) {
    const rates = types[index]?.rates;
    for (let column = 0; column < sums.length; column += 1) sums[column] = (sums[column] ?? 0) + (rates?.[column] ?? 0);
    rows.unshift([...sums]);
  }
  return [[...times], ...rows];
}
