import { describe, expect, it } from 'vitest';
import { MillraceError } from '../../protocol/errors.ts';
import { conditionOf, expectedEtag } from './file-condition.ts';

/** Headers, the file's etag, and what must hold when it is written; or the code of the refusal. */
const table: readonly (readonly [Record<string, string>, string | undefined, string | null])[] = [
  [{}, undefined, null],
  [{}, 'a1', 'precondition_required'],
  [{ 'if-match': '"a1"' }, 'a1', 'a1'],
  [{ 'if-match': 'a1' }, 'a1', 'a1'],
  [{ 'if-match': '"b2", "a1"' }, 'a1', 'a1'],
  [{ 'if-match': '*' }, 'a1', 'a1'],
  [{ 'if-match': '"b2"' }, 'a1', 'precondition_failed'],
  [{ 'if-match': 'W/"a1"' }, 'a1', 'precondition_failed'],
  [{ 'if-match': '' }, 'a1', 'precondition_failed'],
  [{ 'if-match': '*' }, undefined, 'precondition_failed'],
  [{ 'if-match': '"a1"' }, undefined, 'precondition_failed'],
  [{ 'if-none-match': '*' }, undefined, null],
  [{ 'if-none-match': '*' }, 'a1', 'precondition_failed'],
  [{ 'if-none-match': '"a1"' }, undefined, 'invalid_request'],
  [{ 'if-none-match': '*', 'if-match': 'a1' }, 'a1', 'precondition_failed'],
];

describe('a change to a file', () => {
  it.each(table)('with %j, the file having %s: %s', (headers, current, expected) => {
    const result = () => {
      try {
        return expectedEtag(conditionOf(new Headers(headers)), current);
      } catch (error) {
        return error instanceof MillraceError ? error.code : 'unknown';
      }
    };
    expect(result()).toBe(expected);
  });
});
