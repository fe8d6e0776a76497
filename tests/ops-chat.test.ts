import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import type { Log } from '../src/engine/log/log.ts';
import { MillraceError } from '../src/protocol/errors.ts';
import { type ChatSystem, type ChatSystemOptions, chatSystem } from '../src/surfaces/ops/chat/testing/chat-system.ts';
import { CHAT_LIMITS } from '../src/surfaces/ops/events.ts';

// The chat of specs/000 without a server around it: real log, and the scripted model over real HTTP.

let model: DevModel;
beforeAll(async () => {
  model = await startDevModel({ delayMs: 2, slowDelayMs: 50 });
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
});

const ANN = { actor: 'ann' };
const BOB = { actor: 'bob' };
const system = (options: Partial<ChatSystemOptions> = {}) =>
  chatSystem({ model: { baseUrl: model.url, model: 'scripted' }, ...options });

/** Of one answer: what was told of it, and its end. */
async function toldOf({ told }: ChatSystem, id: string) {
  const events = (await told()).filter(({ message_id }) => message_id === id);
  return { events, types: events.map(({ type }) => type), end: events.at(-1) };
}

async function ended(chat: ChatSystem, question: string, actor: string | null = 'ann') {
  const id = await chat.chat.ask(question, { actor });
  await chat.chat.whenEnded(id);
  return { id, ...(await toldOf(chat, id)) };
}

describe('an answer', () => {
  test('is told piece by piece, by place, and ends complete with what the model said', async () => {
    await using chat = await system();
    const { id, events, end } = await ended(chat, 'How is it?');
    const pieces = events.slice(0, -1) as unknown as { index: number; tokens: string[] }[];
    let place = 0;
    for (const { index, tokens } of pieces) {
      expect(index).toBe(place);
      place += tokens.length;
    }
    expect(end).toMatchObject({ type: 'chat_answer_ended', status: 'complete', error: null, token_count: place });
    // Pieces that come close together are stored together, and stay pieces.
    expect(pieces.length).toBeLessThan(place);
    const [question, answer] = await chat.stored();
    expect(question).toMatchObject({ role: 'user', tokens: ['How is it?'], status: 'complete', actor: 'ann' });
    expect(answer).toMatchObject({ id, role: 'assistant', status: 'complete', actor: 'ann' });
    expect(answer?.tokens).toEqual(pieces.flatMap(({ tokens }) => tokens));
    const text = answer?.tokens.join('');
    expect(text).toContain('This answer is scripted: no model has read your question.');
    expect(text).toContain('Millrace is **healthy**: nothing fails');
  });

  test.each([
    ['the provider refuses', 'error', {}, "the model's server answered 500"],
    ['the provider breaks off', 'disconnect', {}, "the model's server could not be reached or broke off"],
    ['the model says nothing', 'empty', {}, 'the model gave an empty answer'],
    ['the model falls silent', 'slow', { silenceMs: 20 }, 'the model said nothing for too long'],
    ['the answer takes too long', 'slow', { totalMs: 100 }, 'the model took too long'],
  ])('when %s, ends with the reason in words', async (_, question, modelTimings, error) => {
    await using chat = await system({ modelTimings });
    const { end } = await ended(chat, question);
    expect(end).toMatchObject({ type: 'chat_answer_ended', status: 'error', error });
    expect((await chat.stored()).at(-1)).toMatchObject({ status: 'error', error });
    await expect.poll(() => model.open).toBe(0);
  });

  test('that never ends is ended at the limit, and the provider is let go', async () => {
    await using chat = await system();
    const { end } = await ended(chat, 'endless');
    expect(end).toMatchObject({ status: 'error', error: expect.stringContaining('longer than') });
    const length = (await chat.stored()).at(-1)?.tokens.join('').length ?? 0;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(CHAT_LIMITS.answer);
    await expect.poll(() => model.open).toBe(0);
  });

  test('knows what was said before', async () => {
    const seen: string[] = [];
    await using remembering = await startDevModel({
      delayMs: 0,
      script: (last, said) => {
        seen.push(...said.slice(1));
        return { kind: 'say', text: `you said ${last}`, pace: 'usual' };
      },
    });
    await using chat = await system({ model: { baseUrl: remembering.url, model: 'scripted' } });
    await ended(chat, 'one');
    seen.length = 0;
    await ended(chat, 'two');
    expect(seen.slice(-3)).toEqual(['one', 'you said one', 'two']);
  });
});

describe('who may ask', () => {
  test('one person gets one answer at a time, another one meanwhile too', async () => {
    await using chat = await system();
    const mine = await chat.chat.ask('slow', ANN);
    await expect(chat.chat.ask('again', ANN)).rejects.toMatchObject({ code: 'conflict' });
    const theirs = await chat.chat.ask('slow', BOB);
    const nobodys = await chat.chat.ask('slow', { actor: null });
    await expect(chat.chat.ask('again', { actor: null })).rejects.toMatchObject({ code: 'conflict' });
    for (const id of [mine, theirs, nobodys]) await chat.chat.cancel(id, ANN);
    await ended(chat, 'How is it?');
  });

  test('no more answers at a time than may be, also when all ask in the same moment', async () => {
    await using chat = await system({ maxAnswers: 2 });
    const asked = await Promise.allSettled(['a', 'b', 'c', 'd'].map((actor) => chat.chat.ask('slow', { actor })));
    const refused = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(2);
    for (const error of refused) expect(error).toMatchObject({ code: 'too_many_requests', retryAfterS: 5 });
  });

  test('without a model nobody, and the variable to set is named', async () => {
    await using none = await system({ model: undefined });
    await expect(none.chat.ask('How is it?', ANN)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('MILLRACE_MODEL_BASE_URL'),
    });
    await using unnamed = await system({ model: { baseUrl: model.url, model: '' } });
    await expect(unnamed.chat.ask('How is it?', ANN)).rejects.toMatchObject({
      message: expect.stringMatching(/MILLRACE_MODEL$/),
    });
    expect(await none.told()).toEqual([]);
  });
});

describe('cancelling', () => {
  test('whoever it is, ends the answer with their name, once, and lets the provider go', async () => {
    await using chat = await system();
    const id = await chat.chat.ask('slow', ANN);
    await expect.poll(async () => (await toldOf(chat, id)).types).toContain('chat_tokens_streamed');
    await Promise.all([chat.chat.cancel(id, BOB), chat.chat.cancel(id, ANN)]);
    const { types, end } = await toldOf(chat, id);
    expect(end).toMatchObject({ type: 'chat_answer_ended', status: 'cancelled', error: null, actor: 'bob' });
    expect(types.filter((type) => type === 'chat_answer_ended')).toHaveLength(1);
    await expect.poll(() => model.open).toBe(0);
  });

  test('what has ended is a conflict, what never was is not found', async () => {
    await using chat = await system();
    const { id } = await ended(chat, 'How is it?');
    await expect(chat.chat.cancel(id, ANN)).rejects.toMatchObject({ code: 'conflict' });
    const [question] = await chat.stored();
    await expect(chat.chat.cancel(question?.id ?? '', ANN)).rejects.toMatchObject({ code: 'not_found' });
    await expect(chat.chat.cancel('nothing', ANN)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('clearing', () => {
  test('empties the transcript, and the next answer knows nothing of it', async () => {
    await using chat = await system();
    await ended(chat, 'one');
    await chat.chat.clear(BOB);
    expect(await chat.stored()).toEqual([]);
    expect((await chat.told()).at(-1)).toEqual({ type: 'chat_cleared', actor: 'bob' });
  });

  test('is refused while an answer is written', async () => {
    await using chat = await system();
    await chat.chat.ask('slow', ANN);
    await expect(chat.chat.clear(BOB)).rejects.toMatchObject({ code: 'conflict' });
    expect(await chat.stored()).toHaveLength(2);
  });
});

describe('the server’s end', () => {
  test('ends the answer as interrupted, and lets the provider go', async () => {
    await using chat = await system();
    const id = await chat.chat.ask('slow', ANN);
    await chat.chat[Symbol.asyncDispose]();
    expect((await toldOf(chat, id)).end).toMatchObject({
      status: 'error',
      error: expect.stringMatching(/^interrupted/),
    });
    await expect.poll(() => model.open).toBe(0);
    await expect(chat.chat.ask('more', BOB)).rejects.toMatchObject({ code: 'shutting_down' });
  });

  test('that was sudden: the next server ends the answer before anything is asked', async () => {
    await using chat = await system();
    const id = await chat.chat.ask('slow', ANN);
    await expect.poll(async () => (await toldOf(chat, id)).types).toContain('chat_tokens_streamed');
    await using next = chat.begin();
    const after = await next.ask('How is it?', BOB);
    // The first goes on meanwhile, as no server would: nothing of it counts any more.
    const end = { status: 'error', error: expect.stringMatching(/^interrupted/), actor: 'ann' };
    const { events } = await toldOf(chat, id);
    expect(events.find(({ type }) => type === 'chat_answer_ended')).toMatchObject(end);
    const stored = (await chat.stored()).find((message) => message.id === id);
    expect(stored).toMatchObject(end);
    await next.whenEnded(after);
    await chat.chat[Symbol.asyncDispose]();
    expect((await chat.stored()).find((message) => message.id === id)).toEqual(stored);
  });
});

test('a log that is full holds the answer up, and loses nothing of it', async () => {
  let refusals = 3;
  const wrapLog = (log: Log): Log =>
    Object.assign(Object.create(log), {
      append: async (...args: Parameters<Log['append']>) => {
        const isTokens = args[0].some(({ type }) => type === 'ops.chat_tokens_streamed');
        if (!isTokens || refusals === 0) return log.append(...args);
        refusals -= 1;
        throw new MillraceError('too_many_requests', 'full');
      },
    });
  await using chat = await system({ wrapLog });
  const { end } = await ended(chat, 'How is it?');
  const answer = (await chat.stored()).at(-1);
  expect(refusals).toBe(0);
  expect(end).toMatchObject({ status: 'complete', token_count: answer?.tokens.length });
});
