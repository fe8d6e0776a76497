import { expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './local-time.ts';

it('reads what an input for local time holds back as it was', () => {
  expect(fromLocalInput(toLocalInput('2026-03-04T05:06:07.000Z'))).toBe('2026-03-04T05:06:07.000Z');
  expect([toLocalInput(undefined), fromLocalInput('')]).toEqual(['', undefined]);
});
