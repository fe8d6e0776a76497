import { expect, test } from 'vitest';
import { heartbeatText, MeasuredMembers } from './heartbeat.ts';
import { ManualClock } from './manual-clock.ts';

const cursor = { epoch: 'e', seq: 7, tag: 't' };

function measured(measure: () => Readonly<Record<string, unknown>>) {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const members = new MeasuredMembers({ clock, measure, onFailed: (error) => failures.push(error) });
  return { clock, failures, read: () => JSON.parse(heartbeatText(cursor, clock.now(), members)) };
}

test('a heartbeat says what was measured, at most a second ago, to however many readers', () => {
  let depth = 0;
  const { clock, read } = measured(() => {
    depth += 1;
    return { depth, deep: { list: [1] } };
  });
  const own = { type: 'heartbeat', cursor: 'e.7.t', deep: { list: [1] } };
  expect(read()).toEqual({ ...own, at: '2026-01-01T00:00:00.000Z', depth: 1 });
  clock.advance(999);
  expect(read()).toEqual({ ...own, at: '2026-01-01T00:00:00.999Z', depth: 1 });
  clock.advance(1);
  expect(read()).toMatchObject({ depth: 2 });
});

test('what every heartbeat says cannot be said otherwise by a view', () => {
  const { read } = measured(() => ({ type: 'event', cursor: 'e.9.t', at: 'never' }));
  expect(read()).toEqual({ type: 'heartbeat', cursor: 'e.7.t', at: '2026-01-01T00:00:00.000Z' });
});

test('a measurement that fails leaves the heartbeat without members, and is tried again', () => {
  let isBroken = true;
  const { clock, failures, read } = measured(() => {
    if (isBroken) throw new Error('no figure');
    return { depth: 1 };
  });
  expect(read()).not.toHaveProperty('depth');
  expect(failures).toHaveLength(1);
  isBroken = false;
  clock.advance(1_000);
  expect(read()).toMatchObject({ depth: 1 });
});
