import { expect, it } from 'vitest';
import { isFeatureEnabled } from './feature-flags.ts';

it.each([
  ['true', true],
  ['1', true],
  [true, true],
  ['false', false],
  ['0', false],
  ['', false],
  [undefined, false],
])('VITE_FF_AI_DELEGATION=%j is %j', (value, expected) => {
  expect(isFeatureEnabled('AI_DELEGATION', { VITE_FF_AI_DELEGATION: value })).toBe(expected);
});

it('reads the variables of the build, where nothing is switched on', () => {
  expect(isFeatureEnabled('AI_DELEGATION')).toBe(false);
});
