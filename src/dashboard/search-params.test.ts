import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from './search-params.ts';

describe('search params', () => {
  it('keep every text as it is, numbers and quotes too', () => {
    expect(parseSearch('?session_id=1e5&q=%22a%22+b')).toEqual({ session_id: '1e5', q: '"a" b' });
  });

  it('leave out what is not set', () => {
    expect(stringifySearch({ q: undefined, source_app: '' })).toBe('');
  });

  it('come back unchanged after a round through the URL', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('q', 'source_app', 'session_id'), fc.string({ minLength: 1 })),
        (search) => {
          expect(parseSearch(stringifySearch(search))).toEqual({ ...search });
        },
      ),
    );
  });
});
