import { describe, expect, it } from 'vitest';
import { connectionWords, countdown } from './connection-words.ts';

describe('countdown', () => {
  it.each([
    [10_000, 7_000, 'in 3 s'],
    [10_000, 7_001, 'in 3 s'],
    [10_000, 9_999, 'in 1 s'],
    [10_000, 12_000, 'in 1 s'],
  ])('until %d at %d says %j', (nextRetryAt, now, expected) => {
    expect(countdown({ name: 'reconnecting', failures: 1, nextRetryAt }, now)).toBe(expected);
  });

  it('says nothing while an attempt is running', () => {
    expect(countdown({ name: 'reconnecting', failures: 1, nextRetryAt: undefined }, 5)).toBe('');
  });
});

describe('connectionWords', () => {
  it('calls only a live connection connected', () => {
    expect(connectionWords('live')).toEqual({ text: 'Connected', tone: 'good', action: undefined });
    expect(connectionWords('reconnecting').text).toBe('Reconnecting…');
    const others = ['connecting', 'reconnecting', 'polling', 'paused', 'offline', 'evicted', 'unauthorized'] as const;
    for (const name of others) expect(connectionWords(name).tone).not.toBe('good');
  });

  it('has the colours of specs/001, each with its own words', () => {
    const looks = (['live', 'reconnecting', 'polling', 'offline'] as const).map((name) => {
      const { text, tone } = connectionWords(name);
      return [text, tone];
    });
    expect(looks).toEqual([
      ['Connected', 'good'],
      ['Reconnecting…', 'warn'],
      ['Polling', 'info'],
      ['Offline', 'bad'],
    ]);
  });
});
