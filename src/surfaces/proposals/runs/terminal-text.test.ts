import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText, TerminalText } from './terminal-text.ts';

const ESC = '\u001b';
const BEL = '\u0007';

const CASES: readonly (readonly [name: string, written: string, shown: string])[] = [
  ['colours', `${ESC}[1;31mred${ESC}[0m plain`, 'red plain'],
  ['256 colours with colons', `${ESC}[38:5:196mred`, 'red'],
  ['cursor movements and erasing', `one${ESC}[2K${ESC}[1Gtwo${ESC}[10;20H`, 'onetwo'],
  ['private modes', `${ESC}[?1049h${ESC}[?25lhidden${ESC}[?25h`, 'hidden'],
  ['a title, ended by BEL', `${ESC}]0;pwned${BEL}text`, 'text'],
  ['a title, ended by ST', `${ESC}]2;pwned${ESC}\\text`, 'text'],
  ['a hyperlink', `${ESC}]8;;javascript:alert(1)${BEL}click${ESC}]8;;${BEL}`, 'click'],
  ['a hyperlink with parameters', `${ESC}]8;id=1;https://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`, 'click'],
  ['the clipboard', `${ESC}]52;c;cm0gLXJmIC8=${BEL}ok`, 'ok'],
  ['an image', `${ESC}]1337;File=inline=1:AAAA${BEL}ok`, 'ok'],
  ['device control', `${ESC}P$q"p${ESC}\\ok`, 'ok'],
  ['privacy message and application command', `${ESC}^x${ESC}\\a${ESC}_y${ESC}\\b`, 'ab'],
  ['character sets', `${ESC}(0lqk${ESC}(B`, 'lqk'],
  ['C1 controls in one character', '\u009b31mred\u009d0;title\u009ctext', 'redtext'],
  ['a string that another sequence ends', `${ESC}]0;title${ESC}[31mred`, 'red'],
  ['a string that nothing ends, up to the end of its line', `${ESC}]0;hidden\nshown`, '\nshown'],
  ['a sequence cut by the end of the line', `${ESC}[31\nshown`, '\nshown'],
  ['an escape of an escape', `${ESC}${ESC}[31mred`, 'red'],
  ['carriage returns', 'a\r\nb\rc', 'a\nb\nc'],
  ['controls', 'a\u0000b\bc\u007fd\u0085e', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
  ['tabs stay', 'a\tb', 'a\tb'],
  ['text that is turned around', 'user\u202e\u2066 txt', 'user\ufffd\ufffd txt'],
  ['line ends that only some see', 'a\u2028b\u2029c', 'a\ufffdb\ufffdc'],
  ['tags and marks nobody sees', 'a\u{e0041}b\u200ec\ufeff', 'a\ufffdb\ufffdc\ufffd'],
  ['half characters', 'a\ud800b', 'a\ufffdb'],
  ['letters and signs of all scripts', 'Grüße 日本 😀 ✗ ⚠', 'Grüße 日本 😀 ✗ ⚠'],
  ['HTML, which is shown as it is', '<script>alert(1)</script>', '<script>alert(1)</script>'],
];

describe('what a program writes for a terminal becomes text', () => {
  test.each(CASES)('%s', (_name, written, shown) => {
    expect(plainText(written)).toBe(shown);
  });

  test.each(CASES)('%s, wherever it is cut', (_name, written, shown) => {
    const units = [...written];
    for (let cut = 0; cut <= units.length; cut += 1) {
      const text = new TerminalText();
      expect(text.clean(units.slice(0, cut).join('')) + text.clean(units.slice(cut).join(''))).toBe(shown);
    }
  });

  test('a string without an end hides no more than its limit', () => {
    expect(plainText(`${ESC}]0;${'x'.repeat(10_000)}`)).toHaveLength(10_000 - 4_095);
  });

  test('nothing that a terminal would obey is left of anything', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(ESC, BEL, `${ESC}]`, `${ESC}[`, '\u009b', '\r', '\n', '\ud83d'),
      ),
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = new TerminalText();
        const shown = parts.map((part) => text.clean(part)).join('');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});
