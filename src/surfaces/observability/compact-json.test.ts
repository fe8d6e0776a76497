import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, compactJson } from './compact-json.ts';

describe('compactJson', () => {
  it('leaves a value that fits as it is', () => {
    const value = { a: [1, 'two', null, true, { b: {} }] };
    expect(compactJson(value, 1_000)).toBe(JSON.stringify(value));
  });

  it('gives valid JSON within the limit for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 20, max: 400 }), (value, limit) => {
        const text = compactJson(value, limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(() => JSON.parse(text)).not.toThrow();
      }),
    );
  });

  it('bounds wide and deep values', () => {
    let wide: unknown = 'leaf '.repeat(100);
    for (let level = 0; level < 6; level += 1)
      wide = Object.fromEntries(Array.from({ length: 8 }, (_, key) => [`key-${key}`, wide]));
    const text = compactJson(wide, 65_536);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toContain('left out');
  });
});

describe('clip', () => {
  it('keeps what fits and never cuts a character in half', () => {
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abcd', 3)).toBe('ab…');
    expect(clip('a😀b', 3)).toBe('a…');
  });
});
