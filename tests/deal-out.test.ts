import { expect, test } from 'vitest';
import { dealOut } from '../scripts/deal-out.ts';

test('every item is dealt out once, to groups of about the same weight', () => {
  const items = [7, 1, 1, 2, 5, 3, 1].map((weight, index) => ({ name: `${index}`, weight }));
  const groups = dealOut(items, 3);
  expect(groups.flat().toSorted()).toEqual(items.map(({ name }) => name));
  const weights = groups.map((names) => names.reduce((sum, name) => sum + (items[Number(name)]?.weight ?? 0), 0));
  expect(weights.toSorted()).toEqual([6, 7, 7]);
});

test('no group is empty while there are items for it', () => {
  const light = Array.from({ length: 4 }, (_, index) => ({ name: `${index}`, weight: 1 }));
  expect(dealOut([{ name: 'heavy', weight: 100 }, ...light], 5).map((names) => names.length)).toEqual([1, 1, 1, 1, 1]);
});
