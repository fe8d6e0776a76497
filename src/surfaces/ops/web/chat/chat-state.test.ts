import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHAT_LIMITS, type ChatMessage, type OpsEvent } from '../../events.ts';
import { type LiveChatMessage, updateChat, withinLimits } from './chat-state.ts';

const cursor = 'e.1.t';
const at = '2026-11-01T10:00:00.000Z';
const ANSWER: ChatMessage = {
  id: 'a',
  role: 'assistant',
  tokens: [],
  status: 'streaming',
  error: null,
  actor: 'ann',
  at,
};
const begins: OpsEvent = { type: 'chat_message', message: ANSWER, cursor };

function token(index: number, ...tokens: string[]): OpsEvent {
  return { type: 'chat_token', message_id: 'a', index, token: tokens.join(''), tokens, cursor };
}

function complete(token_count: number, status: ChatMessage['status'] = 'complete'): OpsEvent {
  return { type: 'chat_complete', message_id: 'a', status, error: null, actor: 'ann', token_count, cursor };
}

const fold = (events: readonly OpsEvent[], from: readonly LiveChatMessage[] = []) => events.reduce(updateChat, from);

describe('an answer', () => {
  test('is its pieces in order, and then its end', () => {
    expect(fold([begins, token(0, 'He'), token(1, 'l', 'lo'), complete(3)])).toEqual([
      { ...ANSWER, tokens: ['He', 'l', 'lo'], status: 'complete' },
    ]);
  });

  test('goes on in the middle of what was read already', () => {
    const read = [{ ...ANSWER, tokens: ['He', 'l'] }];
    expect(fold([token(0, 'He', 'l', 'lo'), complete(3)], read)[0]?.tokens).toEqual(['He', 'l', 'lo']);
  });

  test('that was cancelled says by whom, and takes no pieces any more', () => {
    const cancelled: OpsEvent = {
      type: 'chat_complete',
      message_id: 'a',
      status: 'cancelled',
      error: null,
      actor: 'bob',
      token_count: 1,
      cursor,
    };
    const messages = fold([begins, token(0, 'He'), cancelled, token(1, 'llo'), complete(2)]);
    expect(messages).toEqual([{ ...ANSWER, tokens: ['He'], status: 'cancelled', actor: 'bob' }]);
  });

  test('is the same whatever is delivered twice or out of order', () => {
    const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const deliveries = [
      token(0, 'a'),
      token(1, 'b', 'c'),
      token(3, 'd'),
      token(4, 'e', 'f'),
      token(6, 'g'),
      complete(7),
    ];
    const order = fc
      .array(fc.constantFrom(...deliveries), { maxLength: 12 })
      .chain((extra) =>
        fc.shuffledSubarray([...deliveries, ...extra], { minLength: deliveries.length + extra.length }),
      );
    fc.assert(
      fc.property(order, (shuffled) => {
        expect(fold([begins, ...shuffled])).toMatchObject([{ tokens: words, status: 'complete' }]);
      }),
    );
  });
});

describe('what is nothing new', () => {
  test.each<[string, OpsEvent]>([
    ['a message that is known', begins],
    ['pieces that are known', token(0, 'He')],
    ['pieces of a message that is not shown', { ...token(0, 'x'), message_id: 'other' } as OpsEvent],
    ['the end of a message that is not shown', { ...complete(1), message_id: 'other' } as OpsEvent],
    ['an event about something else', { type: 'ingestion', mode: 'paused', by: null, since: at, cursor }],
  ])('%s leaves the same array', (_, event) => {
    const messages = fold([begins, token(0, 'He')]);
    expect(updateChat(messages, event)).toBe(messages);
  });
});

test('clearing empties the transcript', () => {
  expect(fold([begins, { type: 'chat_cleared', actor: null, cursor }])).toEqual([]);
});

describe('the limits', () => {
  const message = (id: string, tokens: number): ChatMessage => ({
    ...ANSWER,
    id,
    status: 'complete',
    tokens: Array.from({ length: tokens }, () => 'x'),
  });
  const idsOf = (messages: readonly ChatMessage[]) => messages.map(({ id }) => id);

  test('the oldest message goes when there are more than may be', () => {
    const many = Array.from({ length: CHAT_LIMITS.messages + 1 }, (_, index) => message(`${index}`, 1));
    expect(idsOf(withinLimits(many))).toEqual(idsOf(many.slice(1)));
    expect(withinLimits(many.slice(1))).toEqual(many.slice(1));
  });

  test('the oldest messages go when all have more pieces than may be, and the newest stays', () => {
    const half = CHAT_LIMITS.tokens / 2;
    const [a, b, c] = [message('a', half), message('b', half), message('c', 1)];
    expect(idsOf(withinLimits([a, b]))).toEqual(['a', 'b']);
    expect(idsOf(withinLimits([a, b, c]))).toEqual(['b', 'c']);
    expect(idsOf(withinLimits([a, message('d', CHAT_LIMITS.tokens + 1)]))).toEqual(['d']);
    expect(withinLimits([])).toEqual([]);
  });
});
