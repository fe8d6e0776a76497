import { expect, test } from 'vitest';
import { createLiveAgeClock } from './live-age-clock.ts';

function scene() {
  let at = 1_000;
  const timers = new Set<() => void>();
  const clock = createLiveAgeClock({
    now: () => at,
    repeat(_everyMs, action) {
      timers.add(action);
      return () => timers.delete(action);
    },
  });
  return {
    clock,
    timers,
    second() {
      at += 1_000;
      for (const action of timers) action();
    },
  };
}

test('a thousand ages share one timer, which ends with the last of them', () => {
  const { clock, timers, second } = scene();
  const heard: number[] = [];
  const leave = Array.from({ length: 1_000 }, (_, index) => clock.subscribe(() => heard.push(index)));
  expect(timers.size).toBe(1);
  second();
  expect(heard).toHaveLength(1_000);
  expect(clock.now()).toBe(2_000);
  for (const stop of leave) stop();
  expect(timers.size).toBe(0);
});

test('an age that comes back finds the time as it is', () => {
  const { clock, second } = scene();
  clock.subscribe(() => {})();
  second();
  second();
  clock.subscribe(() => {});
  expect(clock.now()).toBe(3_000);
});
