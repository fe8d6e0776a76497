import { expect, it } from 'vitest';
import { retryAfterMs } from './request-error.ts';

it.each([
  ['3', 3_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['later', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After: %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, 1_000)).toBe(expected);
});
