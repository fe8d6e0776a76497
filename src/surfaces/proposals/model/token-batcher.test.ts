import { expect, test } from 'vitest';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { TokenBatcher } from './token-batcher.ts';

function batcher() {
  const clock = new ManualClock();
  const told: string[] = [];
  return { clock, told, tokens: new TokenBatcher({ clock, onText: (text) => told.push(text) }) };
}

test('pieces within 25 ms after the first are told together', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('a');
  clock.advance(24);
  tokens.push('b');
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['ab']);
  tokens.push('c');
  clock.advance(25);
  expect(told).toEqual(['ab', 'c']);
});

test('the end tells what waits, and nothing after it', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('a');
  tokens.end();
  tokens.push('b');
  clock.advance(100);
  expect(told).toEqual(['a']);
});

test('the halves of a character are told together', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('x\ud83d');
  clock.advance(25);
  tokens.push('\ude00y');
  clock.advance(25);
  expect(told).toEqual(['x', '😀y']);
});
