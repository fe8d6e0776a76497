import { describe, expect, it } from 'vitest';
import { diffHunks } from './diff-rows.ts';

describe('a comparison line by line', () => {
  it('says of each line where it was and where it is', () => {
    const [hunk] = diffHunks('a\nb\nc\n', 'a\nx\nc\n') ?? [];
    expect(hunk?.rows.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
      ['same', 'a', 1, 1],
      ['removed', 'b', 2, undefined],
      ['added', 'x', undefined, 2],
      ['same', 'c', 3, 3],
    ]);
  });

  it('leaves out what is the same far from a change, and says how much', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    const hunks = diffHunks(lines.join('\n'), lines.with(9, 'new').with(28, 'new too').join('\n')) ?? [];
    expect(hunks.map(({ skipped }) => skipped)).toEqual([6, 12]);
  });

  it('has nothing to say of two that are the same', () => {
    expect(diffHunks('a', 'a')).toEqual([]);
  });

  it('shows the whole of what is new, also without a line break at its end', () => {
    expect(diffHunks('', 'a\nb')?.[0]?.rows.map(({ kind, text }) => [kind, text])).toEqual([
      ['added', 'a'],
      ['added', 'b'],
    ]);
  });
});
