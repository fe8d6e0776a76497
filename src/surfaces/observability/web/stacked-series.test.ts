import { describe, expect, it } from 'vitest';
import { stackedRows } from './stacked-series.ts';

describe('stackedRows', () => {
  it('puts the busiest type at the bottom and repeats the total for empty slots', () => {
    const series = {
      times: [10, 20],
      columnSeconds: 10,
      countedFrom: Number.NEGATIVE_INFINITY,
      total: 7,
      types: [
        { type: 'a', total: 4, rates: [3, 1] },
        { type: 'b', total: 3, rates: [1, 2] },
      ],
    };
    expect(stackedRows(series, 3)).toEqual([
      [10, 20],
      [4, 3],
      [4, 3],
      [3, 1],
    ]);
  });
});
