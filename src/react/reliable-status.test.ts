import { expect, it } from 'vitest';
import { mostTroubled, reliableStatus } from './reliable-status.ts';

it.each([
  ['connecting', 'reconnecting'],
  ['live', 'connected'],
  ['reconnecting', 'reconnecting'],
  ['polling', 'polling-fallback'],
  ['paused', 'offline'],
  ['offline', 'offline'],
  ['evicted', 'offline'],
  ['unauthorized', 'offline'],
] as const)('%s is told as %s', (name, expected) => {
  expect(reliableStatus(name)).toBe(expected);
});

it('tells of the worst of several connections', () => {
  const worst = (...names: Parameters<typeof reliableStatus>[0][]) => mostTroubled(names, (name) => name);
  expect(worst('live', 'polling', 'reconnecting')).toBe('polling');
  expect(worst('live', 'live')).toBe('live');
  expect(worst()).toBeUndefined();
});
