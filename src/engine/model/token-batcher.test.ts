import { expect, test } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { TokenBatcher } from './token-batcher.ts';

function batcher() {
  const clock = new ManualClock();
  const told: (readonly string[])[] = [];
  return { clock, told, tokens: new TokenBatcher({ clock, onTokens: (tokens) => told.push(tokens) }) };
}

test('pieces within 25 ms after the first are told together', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('a');
  clock.advance(24);
  tokens.push('b');
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([['a', 'b']]);
  tokens.push('c');
  clock.advance(25);
  expect(told).toEqual([['a', 'b'], ['c']]);
});

test('the end tells what waits, and nothing after it', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('a');
  tokens.end();
  tokens.push('b');
  tokens.end();
  clock.advance(100);
  expect(told).toEqual([['a']]);
});

test('the halves of a character are told together', () => {
  const { clock, told, tokens } = batcher();
  tokens.push('x\ud83d');
  clock.advance(25);
  tokens.push('\ude00y');
  clock.advance(25);
  expect(told).toEqual([['x'], ['😀y']]);
});

test('a half that nothing follows is told at the end', () => {
  const { told, tokens } = batcher();
  tokens.push('\ud83d');
  tokens.push('');
  tokens.end();
  expect(told).toEqual([['\ud83d']]);
});
