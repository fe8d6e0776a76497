import { expect, test } from 'vitest';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { toLogEvent } from '../message-body.ts';
import { Delivery } from './delivery.ts';
import { connectorSystem } from './testing/connector-system.ts';

function message(text: string, id?: string) {
  return toLogEvent({ user: 'u', channel: '#a', text, sent_at: '2026-01-01T00:00:00.000Z', id, connector: 'x' });
}

test('a message that is refused for good is told of, and its neighbours are stored in order', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const lost: [number, string][] = [];
  const delivery = new Delivery({
    log: system.log,
    clock: new ManualClock(),
    random: () => 0.5,
    onLost: (count, reason) => lost.push([count, reason]),
  });
  const events = [message('1'), message('2', 'x:same'), message('3'), message('another 2', 'x:same'), message('4')];
  for (const event of events) delivery.push(event);
  await delivery[Symbol.asyncDispose]();
  expect((await system.messages()).map(({ text }) => text)).toEqual(['1', '2', '3', '4']);
  expect(lost).toEqual([[1, expect.stringMatching(/^a message was refused: /)]]);
});

test('at the end what the log takes is stored, and after 2 s the rest is told of as lost', async () => {
  const clock = new ManualClock();
  let tries = 0;
  const lost: [number, string][] = [];
  const append = async () => {
    tries += 1;
    throw new MillraceError('log_unavailable', 'the disk is full');
  };
  const delivery = new Delivery({
    log: { append },
    clock,
    random: () => 0.5,
    onLost: (count, reason) => lost.push([count, reason]),
  });
  for (const text of ['1', '2', '3']) delivery.push(message(text));
  await expect.poll(() => tries).toBe(1);
  const ended = delivery[Symbol.asyncDispose]();
  clock.advance(2_000);
  await ended;
  expect(lost).toEqual([[3, 'the log took no messages until the end']]);
  delivery.push(message('4'));
  expect(lost[1]).toEqual([1, 'a message was lost: it came at the end']);
});
