import { expect, test } from 'vitest';
import type { Outcome } from '../../../engine/outcome.ts';
import { addOutcome, NO_CHANGE } from './streak-change.ts';

type Kinds = readonly Outcome['kind'][];

test.each<[Kinds, boolean, number]>([
  [[], false, 0],
  [['failed'], false, 1],
  [['failed', 'failed'], false, 2],
  [['succeeded'], true, 0],
  [['failed', 'succeeded'], true, 0],
  [['failed', 'succeeded', 'failed'], true, 1],
  [['ended', 'failed', 'failed'], true, 2],
])('%j: begins anew %s, failures %i', (kinds, isNewRow, failures) => {
  expect(kinds.reduce(addOutcome, NO_CHANGE)).toEqual({ isNewRow, failures });
});
