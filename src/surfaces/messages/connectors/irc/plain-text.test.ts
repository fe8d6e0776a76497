import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['\u0002bold\u0002', 'bold'],
  ['\u00034red', 'red'],
  ['\u000304,12red on blue\u0003', 'red on blue'],
  ['\u00034,red', ',red'],
  ['\u0003041 apple', '1 apple'],
  ['\u0004ff0000,00FF00hex\u0004', 'hex'],
  [
    '\u0011mono\u0011 \u001ditalic\u001d \u001eout\u001e \u001funder\u001f \u0016swap\u0016 \u000fend',
    'mono italic out under swap end',
  ],
  ['a\tb', 'a b'],
  ['\u0007bell\u0000\u007f\u009b', 'bell'],
  ['Grüße, 世界 👩‍👩‍👧', 'Grüße, 世界 👩‍👩‍👧'],
  ['\u0003', ''],
])('%j reads %j', (text, expected) => {
  expect(plainText(text)).toBe(expected);
});

test('no control character is ever left', () => {
  const anything = fc.string({
    unit: fc.oneof(fc.constantFrom('\u0002', '\u0003', '\u0004', ',', '1', 'f'), fc.string()),
  });
  fc.assert(
    fc.property(anything, (text) => {
      expect(plainText(text)).not.toMatch(/\p{Cc}/u);
    }),
  );
});
