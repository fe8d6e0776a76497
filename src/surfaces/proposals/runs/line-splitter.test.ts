import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { LineSplitter } from './line-splitter.ts';

function splitter(maxLength = 10) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const splits = new LineSplitter({ clock, onLine: (line) => lines.push(line), maxLength });
  return { clock, lines, splits };
}

describe('lines of text that comes in pieces', () => {
  test('end where the text says, whatever the pieces', () => {
    const { lines, splits } = splitter();
    for (const piece of ['on', 'e\ntwo\n', '\nthr', 'ee']) splits.push(piece);
    expect(lines).toEqual(['one', 'two', '']);
    splits.end();
    expect(lines).toEqual(['one', 'two', '', 'three']);
  });

  test('a part without an end is shown after 200 ms, and its rest by itself', () => {
    const { clock, lines, splits } = splitter();
    splits.push('wait');
    clock.advance(199);
    expect(lines).toEqual([]);
    clock.advance(1);
    expect(lines).toEqual(['wait']);
    splits.push('ing\n');
    expect(lines).toEqual(['wait', 'ing']);
  });

  test('the wait begins with the part, not with its last piece', () => {
    const { clock, lines, splits } = splitter();
    for (const piece of ['a', 'b', 'c']) {
      splits.push(piece);
      clock.advance(80);
    }
    expect(lines).toEqual(['abc']);
  });

  test('a long line is cut, its rest dropped, and the next is whole', () => {
    const { lines, splits } = splitter();
    splits.push(`${'x'.repeat(25)}`);
    splits.push(`${'x'.repeat(25)}\nnext\n`);
    expect(lines).toEqual([`${'x'.repeat(9)}…`, 'next']);
  });

  test('the rest of a cut line that was shown already shows nothing more', () => {
    const { clock, lines, splits } = splitter();
    splits.push('x'.repeat(11));
    clock.advance(200);
    splits.push('xxx\nnext\n');
    expect(lines).toEqual([`${'x'.repeat(9)}…`, 'next']);
  });

  test('no character is cut in half', () => {
    const { lines, splits } = splitter();
    splits.push(`${'x'.repeat(8)}😀😀\n`);
    expect(lines).toEqual([`${'x'.repeat(8)}…`]);
  });

  test('nothing is lost, added or reordered below the limit', () => {
    const text = fc.array(fc.string({ maxLength: 8 }).map((part) => part.replaceAll('\n', '')));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (wanted, size) => {
        const { lines, splits } = splitter(8);
        const whole = wanted.map((line) => `${line}\n`).join('');
        for (let start = 0; start < whole.length; start += size) splits.push(whole.slice(start, start + size));
        splits.end();
        expect(lines).toEqual(wanted);
      }),
    );
  });
});
