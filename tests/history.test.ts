import { expect, test } from 'vitest';
import { History } from './support/history.ts';

function historyOf({ acknowledged = ['a', 'b', 'c'], received = ['a', 'b', 'c'] } = {}): History {
  const history = new History();
  for (const id of ['a', 'b', 'c']) history.attempt(id);
  for (const id of acknowledged) history.acknowledge(id);
  for (const id of received) history.receive('reader', id);
  return history;
}

const clean = { attempts: 3, acked: 3, unknown: 0, lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 };

test('a clean history has nothing to report', () => {
  expect(historyOf().check(['a', 'b', 'c'])).toEqual(clean);
});

test.each([
  ['an acknowledged event that is not stored', historyOf({ received: ['a', 'b'] }), ['a', 'b'], { lost: 1 }],
  ['a stored event that a subscriber missed', historyOf({ received: ['a', 'c'] }), ['a', 'b', 'c'], { lost: 1 }],
  [
    'a stored event that nobody sent',
    historyOf({ received: ['a', 'b', 'c', 'x'] }),
    ['a', 'b', 'c', 'x'],
    { phantom: 1 },
  ],
  [
    'a received event that is not stored',
    historyOf({ received: ['a', 'b', 'c', 'x'] }),
    ['a', 'b', 'c'],
    { phantom: 1 },
  ],
  ['an event received twice', historyOf({ received: ['a', 'b', 'b', 'c'] }), ['a', 'b', 'c'], { dup: 1 }],
  ['an event stored twice', historyOf(), ['a', 'b', 'c', 'c'], { dup: 1 }],
  [
    'two events received the wrong way round',
    historyOf({ received: ['b', 'a', 'c'] }),
    ['a', 'b', 'c'],
    { reorder: 1 },
  ],
  ['an answer that never came', historyOf({ acknowledged: ['a', 'b'] }), ['a', 'b', 'c'], { acked: 2, unknown: 1 }],
])('%s is reported', (_name, history, stored, difference) => {
  expect(history.check(stored)).toEqual({ ...clean, ...difference });
});
