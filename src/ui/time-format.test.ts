import { describe, expect, it } from 'vitest';
import { age, ago, clockMinute, clockTime, shortId, shortTime } from './time-format.ts';

const NOW = new Date(2026, 2, 2, 10, 0, 0).getTime();

describe('clockTime', () => {
  it('shows milliseconds, and the date of an event that is not of the last day', () => {
    expect(clockTime(NOW + 7, NOW)).toBe('10:00:00.007');
    expect(clockTime(NOW - 3 * 86_400_000, NOW)).toBe('27 Feb 10:00:00');
  });
});

describe('age', () => {
  it.each([
    [-5_000, 'now'],
    [999, 'now'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [3_600_000 * 5, '5 h'],
    [86_400_000 * 2, '2 d'],
  ])('%d ms ago → %s', (ms, expected) => {
    expect(age(NOW - ms, NOW)).toBe(expected);
  });
});

describe('shortId', () => {
  it('shortens long ids only', () => {
    expect(shortId('550e8400-e29b-41d4-a716-446655440000')).toBe('550e8400');
    expect(shortId('session-1')).toBe('session-1');
  });
});

describe('ago', () => {
  it.each([
    [-5_000, 'just now'],
    [1_000, '1 second ago'],
    [59_999, '59 seconds ago'],
    [300_000, '5 minutes ago'],
    [3_600_000, '1 hour ago'],
    [86_400_000 * 3, '3 days ago'],
  ])('%d ms before now is %j', (before, text) => {
    expect(ago(NOW - before, NOW)).toBe(text);
  });
});

describe('shortTime and clockMinute', () => {
  it('show the time of today, and the date of another day', () => {
    expect([shortTime(NOW - 5_000, NOW), clockMinute(NOW, NOW)]).toEqual(['09:59:55', '10:00']);
    const earlier = NOW - 3 * 86_400_000;
    expect([shortTime(earlier, NOW), clockMinute(earlier, NOW)]).toEqual(['27 Feb 10:00', '27 Feb 10:00']);
  });
});
