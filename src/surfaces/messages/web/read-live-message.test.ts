import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiveMessage, liveMessageSchema } from '../events.ts';
import { readLiveMessage } from './read-live-message.ts';

const rowShape = { cursor: 'e.9.t', as_of: 'e.9.t' };
const summary = {
  message_count: 2,
  first_message_at: '2026-01-01T00:00:00.000Z',
  last_message_at: null,
  activity: [
    [29_000_000, 1],
    [29_000_003, 1],
  ] as [number, number][],
  ...rowShape,
};
const time = '2026-01-01T00:00:00.000Z';
const messages: LiveMessage[] = [
  {
    type: 'message',
    id: 'mr-1',
    seq: 1,
    channel: '#a',
    user: null,
    text: 'hi',
    sent_at: time,
    received_at: time,
    cursor: 'e.1.t',
  },
  {
    type: 'message',
    id: 'x',
    seq: 2,
    channel: null,
    user: 'ada',
    display_name: 'Ada',
    text: '',
    sent_at: time,
    received_at: time,
    connector: 'irc',
    cursor: 'e.2.t',
  },
  { type: 'metrics', total_messages: 1, total_channels: 1, total_users: 1, last_message_at: time, ...rowShape },
  { type: 'channel', channel: '#a', ...summary },
  { type: 'channel', channel: '#a', ...summary, activity: [], unavailable: 'keep' },
  { type: 'user', user: 'ada', ...summary, channels: [{ channel: null, message_count: 1 }] },
  { type: 'user', user: 'ada', display_name: 'Ada', ...summary, unavailable: 'delete', channels: [] },
];

/** What stands where something else should, at any depth. */
const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  1.5,
  Number.NaN,
  Infinity,
  '',
  'keep',
  'user',
  true,
  [],
  {},
  [[1, 2]],
  [[1]],
  [[1, 2, 3]],
  [['1', 2]],
  [{ channel: '#a' }],
  [{ channel: 1, message_count: 1 }],
);

/** The same message with one member replaced, left out or added. */
const spoiltArbitrary = fc
  .record({ message: fc.constantFrom(...messages), pick: fc.nat(), value: odd, isGone: fc.boolean() })
  .map(({ message, pick, value, isGone }) => {
    const names = [...Object.keys(message), 'channels', 'unavailable', 'display_name', 'connector', 'unknown'];
    const name = names[pick % names.length] ?? '';
    const { [name]: _, ...rest } = message as Record<string, unknown>;
    return isGone ? rest : { ...rest, [name]: value };
  });

function isRead(value: unknown): boolean {
  try {
    readLiveMessage(value);
    return true;
  } catch (cause) {
    expect(cause).toBeInstanceOf(TypeError);
    return false;
  }
}

describe('readLiveMessage', () => {
  it.each(messages)('reads what the schema reads: $type', (message) => {
    expect(readLiveMessage(message)).toEqual(liveMessageSchema.parse(message));
  });

  it('takes and refuses what the schema does', () => {
    fc.assert(
      fc.property(fc.oneof(spoiltArbitrary, fc.anything(), odd), (value) => {
        const parsed = liveMessageSchema.safeParse(value);
        expect(isRead(value)).toBe(parsed.success);
        if (parsed.success) expect(value).toMatchObject(parsed.data);
      }),
      { numRuns: 3_000 },
    );
  });
});
