import { expect, test } from 'vitest';
import { CommitRate } from './commit-rate.ts';

const at = (second: number) => Date.UTC(2026, 0, 1) + second * 1_000;

test('counts the last 60 seconds, whatever came before', () => {
  const rate = new CommitRate();
  rate.add(at(0), 5);
  rate.add(at(0) + 999, 2);
  rate.add(at(30), 1);
  expect(rate.total(at(30))).toBe(8);
  expect(rate.total(at(59))).toBe(8);
  expect(rate.total(at(60))).toBe(1);
  expect(rate.total(at(90))).toBe(0);
  rate.add(at(100), 4);
  expect(rate.total(at(100))).toBe(4);
});

test('does not count what a clock that was set back makes the future', () => {
  const rate = new CommitRate();
  rate.add(at(600), 5);
  rate.add(at(0), 1);
  expect(rate.total(at(0))).toBe(1);
});
