import { describe, expect, it } from 'vitest';
import { nextRow } from './row-keys.ts';

describe('nextRow', () => {
  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 3, 4],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['ArrowUp', 5, 4],
    ['PageDown', 2, 6],
    ['PageUp', 2, 0],
    ['Home', 7, 0],
    ['End', 0, 9],
    ['x', 4, undefined],
  ])('%s at %d → %s', (key, index, expected) => {
    expect(nextRow(key, index, 10, 4)).toBe(expected);
  });

  it('moves nowhere in an empty list', () => {
    expect(nextRow('ArrowDown', -1, 0, 4)).toBeUndefined();
  });
});
