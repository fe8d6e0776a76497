import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord, NewEvent } from '../../../engine/log/log.ts';
import { openForWriting } from '../../../engine/log/sqlite/database.ts';
import type { SqlValue } from '../../../engine/store/projection.ts';
import { CHAT_LIMITS, type ChatMessage, opsEventSchema } from '../events.ts';
import { updateChat } from '../web/chat/chat-state.ts';
import { chatFeedMessages } from './chat-feed-messages.ts';
import { opsChatProjection } from './chat-projection.ts';
import { answerEndedEvent, chatClearedEvent, messageAddedEvent, tokensStreamedEvent } from './chat-records.ts';
import { storedChat } from './stored-chat.ts';

function open() {
  const database = openForWriting(':memory:');
  database.exec(opsChatProjection.create);
  const writer = opsChatProjection.open(database);
  return {
    writer,
    stored(): readonly ChatMessage[] {
      const results = storedChat.queries.map(({ sql, params = [] }) =>
        database.prepare(sql).all(...(params as readonly SqlValue[])),
      );
      return storedChat.of(results);
    },
    rows: () =>
      ['ops_chat', 'ops_chat_tokens'].map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()),
  };
}

let nextSeq = 1;
function committed(events: readonly NewEvent[]): readonly LogRecord[] {
  return events.map((event) => ({ ...event, seq: nextSeq++, at: 1_000 * nextSeq, tag: 't' }));
}

const added = (id: string, role: ChatMessage['role'], ...tokens: string[]) => {
  const status = role === 'user' ? 'complete' : 'streaming';
  return messageAddedEvent({ id, role, tokens, status, error: null, actor: 'ann' });
};
const said = (message_id: string, index: number, ...tokens: string[]) =>
  tokensStreamedEvent({ message_id, index, tokens });
const ended = (message_id: string, status: 'complete' | 'cancelled' | 'error', actor: string | null = 'ann') =>
  answerEndedEvent({ message_id, status, error: status === 'error' ? 'why' : null, actor, token_count: 0 });

test('a question and its answer are there with their pieces as they came', () => {
  const { writer, stored } = open();
  const records = committed([
    added('q', 'user', 'How is it?'),
    added('a', 'assistant'),
    said('a', 0, 'It', ' is'),
    said('a', 2, ' "well" \u0000'),
  ]);
  writer.apply(records);
  const at = records.map((record) => new Date(record.at).toISOString());
  const shared = { error: null, actor: 'ann' };
  expect(stored()).toEqual([
    { id: 'q', role: 'user', tokens: ['How is it?'], status: 'complete', at: at[0], ...shared },
    { id: 'a', role: 'assistant', tokens: ['It', ' is', ' "well" \u0000'], status: 'streaming', at: at[1], ...shared },
  ]);
});

test('nothing is added to what has ended, and nothing is taken twice or out of its place', () => {
  const { writer, stored } = open();
  writer.apply(committed([added('a', 'assistant'), said('a', 0, 'x'), said('a', 0, 'x'), said('a', 2, 'z')]));
  expect(stored()[0]?.tokens).toEqual(['x']);
  writer.apply(committed([ended('a', 'cancelled', 'bob'), said('a', 1, 'y'), ended('a', 'complete')]));
  expect(stored()).toMatchObject([{ tokens: ['x'], status: 'cancelled', actor: 'bob' }]);
});

test('the latest 200 messages are kept, and none of the pieces of the others', () => {
  const { writer, stored, rows } = open();
  const count = CHAT_LIMITS.messages + 5;
  writer.apply(committed(Array.from({ length: count }, (_, index) => added(`${index}`, 'user', `text ${index}`))));
  expect(stored().map(({ id }) => id)).toEqual(Array.from({ length: count - 5 }, (_, index) => `${index + 5}`));
  expect(rows().map((table) => table.length)).toEqual([count - 5, count - 5]);
});

test('retention takes what has ended, and leaves the answer that goes on', () => {
  const { writer, stored } = open();
  const records = committed([added('q', 'user', 'x'), added('a', 'assistant'), said('a', 0, 'y')]);
  writer.apply(records);
  writer.trim?.(records.at(-1)?.seq ?? 0);
  expect(stored()).toMatchObject([{ id: 'a', tokens: ['y'] }]);
  writer.apply(committed([ended('a', 'complete')]));
  writer.trim?.(records.at(-1)?.seq ?? 0);
  expect(stored()).toEqual([]);
});

const ids = fc.constantFrom('1', '2', '3');
const step = fc.oneof(
  ids.map((id) => added(id, 'user', `question ${id}`)),
  ids.map((id) => added(`a${id}`, 'assistant')),
  fc
    .tuple(ids, fc.integer({ min: 0, max: 4 }), fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }))
    .map(([id, index, tokens]) => said(`a${id}`, index, ...tokens)),
  fc.tuple(ids, fc.constantFrom('complete', 'cancelled', 'error')).map(([id, status]) => ended(`a${id}`, status)),
  fc.constant(chatClearedEvent({ actor: null })),
);

test('read again from the log it is the same, whatever was told', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(5), { maxLength: 10 }), (events, cuts) => {
      const records = committed(events);
      const [whole, inParts] = [open(), open()];
      whole.writer.apply(records);
      let rest = records;
      for (const cut of cuts) {
        inParts.writer.apply(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      inParts.writer.apply(rest);
      expect(inParts.rows()).toEqual(whole.rows());
    }),
  );
});

test('a page that has followed the feed shows what a new page reads', () => {
  const messages = new Map(chatFeedMessages);
  // Every piece follows the one before, as the server tells them.
  const inOrder = fc.array(fc.tuple(ids, fc.string({ minLength: 1 }), fc.nat(9)), { maxLength: 40 });
  fc.assert(
    fc.property(inOrder, (told) => {
      const { writer, stored } = open();
      const lengths = new Map<string, number>();
      const events = told.flatMap(([id, text, kind]) => {
        if (kind === 0) lengths.clear();
        if (kind === 0) return [chatClearedEvent({ actor: 'ann' })];
        const length = lengths.get(id);
        if (length === undefined) {
          lengths.set(id, 0);
          return [added(`q${id}`, 'user', text), added(`a${id}`, 'assistant')];
        }
        lengths.set(id, length + 1);
        const end = answerEndedEvent({
          message_id: `a${id}`,
          status: 'complete',
          error: null,
          actor: 'bob',
          token_count: length,
        });
        return kind === 9 ? [end] : [said(`a${id}`, length, text)];
      });
      const records = committed(events);
      writer.apply(records);
      const feed = records.map((record) => {
        const message = messages.get(record.type);
        const text = `{"type":"${message?.type}",${message?.members(record)},"cursor":"e.1.t"}`;
        return opsEventSchema.parse(JSON.parse(text));
      });
      const shown = feed.reduce(updateChat, []).map(({ early: _, expected: __, ...message }) => message);
      expect(shown).toEqual(stored());
    }),
  );
});
