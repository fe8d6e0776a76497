import { expect, test } from 'vitest';
import { Hub } from './hub.ts';
import { ManualClock } from './manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const hub = new Hub(clock);
  const woken: string[] = [];
  const waiter = (name: string, costMs = 0) => ({
    wake() {
      woken.push(name);
      clock.spend(costMs);
    },
  });
  return { clock, hub, woken, waiter };
}

test('a commit wakes every waiter at once, and only those that registered', () => {
  const { hub, woken, waiter } = setUp();
  const [first, second, third] = [waiter('first'), waiter('second'), waiter('third')];
  for (const each of [first, second, third]) hub.wait(each);
  hub.cancel(second);
  hub.notify();
  expect(woken).toEqual(['first', 'third']);
  expect(hub.isWaiting(first)).toBe(false);
  hub.notify();
  expect(woken).toHaveLength(2);
});

test('a waiter that registers again while it is woken waits for the next commit', () => {
  const { hub, woken } = setUp();
  const waiter = {
    wake() {
      woken.push('woken');
      hub.wait(waiter);
    },
  };
  hub.wait(waiter);
  hub.notify();
  expect(woken).toHaveLength(1);
  expect(hub.isWaiting(waiter)).toBe(true);
});

test('after cheap fan-out the next commit wakes at once; after dear fan-out it is gathered up to 50 ms', () => {
  const { clock, hub, woken, waiter } = setUp();
  hub.wait(waiter('dear', 3));
  hub.notify();
  hub.wait(waiter('next'));
  hub.notify();
  hub.notify();
  expect(woken).toEqual(['dear']);
  clock.advance(0.5);
  expect(woken).toEqual(['dear']);
  clock.advance(0.5);
  expect(woken).toEqual(['dear', 'next']);

  hub.wait(waiter('very dear', 500));
  hub.notify();
  clock.runDeferred();
  hub.wait(waiter('last'));
  hub.notify();
  expect(woken).toEqual(['dear', 'next', 'very dear', 'last']);
});

test('a long flush is sliced, and those not reached yet still count as waiting', () => {
  const { clock, hub, woken, waiter } = setUp();
  const waiters = Array.from({ length: 6 }, (_, index) => waiter(`${index}`, 2));
  for (const each of waiters) hub.wait(each);
  hub.notify();
  expect(woken).toEqual(['0', '1']);
  expect(hub.waiting).toBe(4);
  const fourth = waiters[3];
  if (fourth) hub.cancel(fourth);
  clock.runDeferred();
  expect(woken).toEqual(['0', '1', '2', '4']);
  clock.runDeferred();
  expect(woken).toEqual(['0', '1', '2', '4', '5']);
  expect(hub.waiting).toBe(0);
});

test('a commit during a sliced flush wakes those who registered meanwhile', () => {
  const { clock, hub, woken, waiter } = setUp();
  for (const name of ['a', 'b', 'c']) hub.wait(waiter(name, 4));
  hub.notify();
  hub.wait(waiter('late'));
  hub.notify();
  while (clock.runDeferred()) {
    // until the flush is over
  }
  clock.advance(50);
  expect(woken).toEqual(['a', 'b', 'c', 'late']);
});
