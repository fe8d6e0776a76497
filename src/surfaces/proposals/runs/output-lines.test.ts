import { expect, test } from 'vitest';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { OutputLines, type OutputStream } from './output-lines.ts';

function collect(limits = { lines: 3, characters: 20 }) {
  const shown: (readonly [OutputStream, string])[] = [];
  const lines = new OutputLines({
    clock: new ManualClock(),
    onLine: (line, stream) => shown.push([stream, line]),
    limits,
  });
  const push = (text: string | Uint8Array, stream: OutputStream = 'stdout') =>
    lines.push(typeof text === 'string' ? Buffer.from(text) : text, stream);
  return { shown, lines, push };
}

test('both streams go line by line, each with its own partial line', () => {
  const { shown, lines, push } = collect();
  push('on');
  push('err\n', 'stderr');
  push('e\n');
  lines.end();
  expect(shown).toEqual([
    ['stderr', 'err'],
    ['stdout', 'one'],
  ]);
});

test('a character that is cut between two pieces is whole, and bytes that are none are replaced', () => {
  const { shown, lines, push } = collect();
  const [first, ...rest] = Buffer.from('ü\n');
  push(Uint8Array.of(first ?? 0));
  push(Uint8Array.from(rest));
  push(Uint8Array.of(0xff, 0x0a));
  lines.end();
  expect(shown.map(([, line]) => line)).toEqual(['ü', '\ufffd']);
});

test.each([
  ['lines', 'a\nb\nc\nd\ne\n', ['a', 'b', 'c']],
  ['characters', `${'x'.repeat(15)}\n${'y'.repeat(15)}\nz\n`, ['x'.repeat(15)]],
])('output beyond the limit of %s is cut, which is said once', (_name, text, before) => {
  const { shown, lines, push } = collect();
  push(text);
  lines.end();
  expect(shown.map(([, line]) => line)).toEqual([...before, expect.stringContaining('its rest is not shown')]);
  expect(lines.isCut).toBe(true);
});
