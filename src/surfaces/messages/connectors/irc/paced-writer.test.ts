import { expect, test } from 'vitest';
import { ManualClock } from '../../../../engine/manual-clock.ts';
import { PacedWriter } from './paced-writer.ts';

function setUp() {
  const clock = new ManualClock();
  const written: string[] = [];
  return { clock, written, writer: new PacedWriter(clock, (line) => written.push(line)) };
}

test('eight lines go at once, then one every two seconds, in order', () => {
  const { clock, written, writer } = setUp();
  const lines = Array.from({ length: 11 }, (_, number) => `JOIN #${number}`);
  for (const line of lines) writer.write(line);
  expect(written).toEqual(lines.slice(0, 8));
  clock.advance(1_900);
  expect(written).toHaveLength(8);
  clock.advance(200);
  expect(written).toHaveLength(9);
  clock.advance(4_000);
  expect(written).toEqual(lines);
});

test('what can’t wait goes at once', () => {
  const { written, writer } = setUp();
  for (let number = 0; number < 9; number += 1) writer.write(`JOIN #${number}`);
  writer.write('PONG x');
  writer.write('QUIT');
  expect(written.slice(-2)).toEqual(['PONG x', 'QUIT']);
  expect(written).not.toContain('JOIN #8');
});

test('what waits has a bound, and ends with the writer', () => {
  const { clock, written, writer } = setUp();
  for (let number = 0; number < 508; number += 1) expect(writer.write('JOIN #a')).toBe(true);
  expect(writer.write('JOIN #a')).toBe(false);
  writer[Symbol.dispose]();
  clock.advance(10_000);
  expect(written).toHaveLength(8);
});
