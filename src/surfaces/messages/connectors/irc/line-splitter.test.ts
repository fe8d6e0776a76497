import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

test('however the bytes are cut, the lines are the same', () => {
  const lines = fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n')));
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (given, sizes) => {
      const splitter = new LineSplitter(1_000);
      const bytes = Buffer.from(given.map((line) => `${line}\n`).join(''));
      const got: string[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value;
        got.push(...(splitter.push(bytes.subarray(at, at + size)) ?? ['too long']));
        at += size;
      }
      expect(got).toEqual(given.map((line) => line.toWellFormed()));
    }),
  );
});

test('a line may have so many bytes and no more, ended or not', () => {
  expect(new LineSplitter(4).push(Buffer.from('abcd\n'))).toEqual(['abcd']);
  expect(new LineSplitter(4).push(Buffer.from('abcde\n'))).toBeUndefined();
  expect(new LineSplitter(4).push(Buffer.from('abcde'))).toBeUndefined();
});

test('bytes that are no UTF-8 are replaced', () => {
  expect(new LineSplitter(10).push(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toEqual(['a\ufffdb']);
});
