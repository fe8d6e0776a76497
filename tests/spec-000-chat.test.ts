import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { signToken } from '../src/engine/auth/sign-token.ts';
import { type ChatMessage, type OpsEvent, opsEventSchema, opsStateSchema } from '../src/surfaces/ops/events.ts';
import { type LiveChatMessage, updateChat } from '../src/surfaces/ops/web/chat/chat-state.ts';
import { readRawFeed, type Transport } from './support/raw-feed.ts';

// The chat of specs/000: the real server as a process of its own, and the scripted model over real HTTP.

const CANCELS = 50;
/** Most of an answer's pieces have come by then. */
const MOST_PIECES = 35;
const SECRET = 'a secret of at least thirty-two bytes';

let model: DevModel;
let server: RunningServer;
let env: Record<string, string>;
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-chat-'));

beforeAll(async () => {
  model = await startDevModel({ delayMs: 3, slowDelayMs: 50 });
  env = { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted', MILLRACE_JWT_SECRET: SECRET };
  server = await startServer({ dataDir, env });
});

afterAll(async () => {
  await server.stop();
  await model[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

async function send(method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
  return { status: response.status, body: (await response.json()) as any };
}

async function ask(message: string, token?: string): Promise<string> {
  const { status, body } = await send('POST', '/ops/chat', { message }, token);
  expect(status, JSON.stringify(body)).toBe(202);
  return body.id;
}

const stateOf = async ({ url } = server) => opsStateSchema.parse(await (await fetch(`${url}/api/ops`)).json());

function tokenOf(sub: string): Promise<string> {
  return signToken(Buffer.from(SECRET), { sub, roles: ['admin'], projects: '*', ttlMs: 3_600_000, now: Date.now() });
}

/** What a feed tells of the chat from a cursor on, until it is let go. */
function watch(cursor: string, transport: Transport = 'websocket') {
  const abort = new AbortController();
  const events: OpsEvent[] = [];
  const ended = readRawFeed({
    url: `${server.url}/ops/stream`,
    transport,
    cursor,
    signal: abort.signal,
    onEvent(message) {
      if (message.type.startsWith('chat_')) events.push(opsEventSchema.parse(message));
      return true;
    },
  });
  return {
    events,
    /** Settles when the answer's end has come. */
    has: (id: string) =>
      expect.poll(() => events.some((event) => event.type === 'chat_complete' && event.message_id === id)).toBe(true),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended;
    },
  };
}

/** Of one answer: its pieces as they were told, each once and in its place, or the test fails. */
function piecesOf(events: readonly OpsEvent[], id: string, before: readonly string[] = []): readonly string[] {
  const pieces = [...before];
  for (const event of events) {
    if (event.type !== 'chat_token' || event.message_id !== id) continue;
    expect(event.index).toBe(pieces.length);
    expect(event.token).toBe(event.tokens.join(''));
    pieces.push(...event.tokens);
  }
  return pieces;
}

const shownBy = (events: readonly OpsEvent[], from: readonly LiveChatMessage[] = []) => events.reduce(updateChat, from);
const find = (messages: readonly ChatMessage[], id: string) => messages.find((message) => message.id === id);

describe('chat token streaming', () => {
  test('clients of every transport see the same pieces in the same order, and what is stored', async () => {
    const before = await stateOf();
    expect(before.chat).toMatchObject({ is_configured: true, hint: null });
    await using websocket = watch(before.cursor);
    await using batched = watch(before.cursor, 'websocket-v1');
    await using sse = watch(before.cursor, 'sse');
    await using polling = watch(before.cursor, 'poll');
    const id = await ask('How is it?');
    for (const client of [websocket, batched, sse, polling]) await client.has(id);
    const told = websocket.events.map(({ cursor: _, ...event }) => event);
    for (const client of [batched, sse, polling]) {
      expect(client.events.map(({ cursor: _, ...event }) => event)).toEqual(told);
    }
    expect(told.slice(0, 2)).toMatchObject([
      { type: 'chat_message', message: { role: 'user', tokens: ['How is it?'], status: 'complete', actor: null } },
      { type: 'chat_message', message: { id, role: 'assistant', tokens: [], status: 'streaming' } },
    ]);
    const pieces = piecesOf(sse.events, id);
    expect(pieces.length).toBeGreaterThan(10);
    expect(told.at(-1)).toMatchObject({ type: 'chat_complete', status: 'complete', token_count: pieces.length });
    expect((await stateOf()).chat.messages).toEqual(shownBy(sse.events, before.chat.messages));
    expect(pieces.join('')).toContain('This answer is scripted');
  });

  test.each<Transport>(['websocket', 'sse'])(
    'who comes in the middle reads what was said, and gets the rest by %s, each piece once',
    async (transport) => {
      const { cursor } = await stateOf();
      await using first = watch(cursor);
      const id = await ask('long');
      await expect.poll(() => piecesOf(first.events, id).length, { interval: 5 }).toBeGreaterThan(50);
      const middle = await stateOf();
      const read = find(middle.chat.messages, id);
      expect(read).toMatchObject({ status: 'streaming' });
      expect(read?.tokens.length).toBeGreaterThan(0);
      await using second = watch(middle.cursor, transport);
      await send('DELETE', `/ops/chat/${id}`);
      await second.has(id);
      const all = piecesOf(second.events, id, read?.tokens);
      await first.has(id);
      expect(all).toEqual(piecesOf(first.events, id));
      expect(find((await stateOf()).chat.messages, id)?.tokens).toEqual(all);
      expect(find(shownBy(second.events, middle.chat.messages), id)?.tokens).toEqual(all);
    },
  );

  test('the model is told the figures of the moment', async () => {
    const { cursor } = await stateOf();
    await using watching = watch(cursor);
    const id = await ask('Is any connector failing?');
    await watching.has(id);
    expect(piecesOf(watching.events, id).join('')).toContain('**Connectors**');
  });
});

describe('cancelling', () => {
  test(`${CANCELS} times at random moments: after chat_complete no piece, and who cancels is told the truth`, async () => {
    const { cursor } = await stateOf();
    await using watching = watch(cursor);
    const outcomes = { cancelled: 0, complete: 0 };
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    for (const wanted of fc.sample(fc.nat(MOST_PIECES), { numRuns: CANCELS, seed })) {
      const id = await ask('How is it?');
      const isOver = () => watching.events.some((event) => event.type === 'chat_complete' && event.message_id === id);
      await expect.poll(() => piecesOf(watching.events, id).length >= wanted || isOver(), { interval: 1 }).toBe(true);
      const { status } = await send('DELETE', `/ops/chat/${id}`);
      await watching.has(id);
      const types = watching.events.filter((event) => 'message_id' in event && event.message_id === id);
      const end = types.at(-1);
      expect(types.filter(({ type }) => type === 'chat_complete')).toEqual([end]);
      const isCancelled = end?.type === 'chat_complete' && end.status === 'cancelled';
      outcomes[isCancelled ? 'cancelled' : 'complete'] += 1;
      expect(status).toBe(isCancelled ? 200 : 409);
    }
    await expect.poll(() => model.open).toBe(0);
    // Nothing of an answer came after its end while the others were written, either.
    const over = new Set<string>();
    for (const event of watching.events) {
      if (event.type === 'chat_token') expect(over.has(event.message_id)).toBe(false);
      if (event.type === 'chat_complete') over.add(event.message_id);
    }
    console.log(JSON.stringify({ seed, cancels: CANCELS, ...outcomes }));
    // Not vacuous: most came in the middle.
    expect(outcomes.cancelled).toBeGreaterThan(10);
  });

  test('what never was is not found, what has ended is a conflict', async () => {
    expect(await send('DELETE', '/ops/chat/nothing')).toMatchObject({ status: 404 });
    const { chat } = await stateOf();
    const ended = chat.messages.findLast(({ role }) => role === 'assistant');
    expect(await send('DELETE', `/ops/chat/${ended?.id}`)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
  });
});

describe('asking', () => {
  test('a question that is empty or too long is refused, and nothing of it is stored', async () => {
    const before = (await stateOf()).chat.messages.length;
    for (const body of [{}, { message: '  ' }, { message: 'x'.repeat(4_001) }, { message: 'x', model: 'y' }, []]) {
      expect((await send('POST', '/ops/chat', body)).status).toBe(400);
    }
    const text = await fetch(`${server.url}/ops/chat`, { method: 'POST', body: 'How is it?' });
    expect(text.status).toBe(415);
    expect((await stateOf()).chat.messages).toHaveLength(before);
  });

  test('who is known is named, in the transcript and in the audit trail, and gets one answer at a time', async () => {
    const [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')];
    const { cursor } = await stateOf();
    await using watching = watch(cursor);
    const id = await ask('slow', ann);
    expect(await send('POST', '/ops/chat', { message: 'again' }, ann)).toMatchObject({ status: 409 });
    const other = await ask('slow', bob);
    expect((await send('DELETE', `/ops/chat/${id}`, undefined, bob)).status).toBe(200);
    expect((await send('DELETE', `/ops/chat/${other}`, undefined, bob)).status).toBe(200);
    await watching.has(other);
    const shown = shownBy(watching.events);
    expect(shown.map(({ role, actor, status }) => [role, actor, status])).toEqual([
      ['user', 'ann', 'complete'],
      ['assistant', 'bob', 'cancelled'],
      ['user', 'bob', 'complete'],
      ['assistant', 'bob', 'cancelled'],
    ]);
    // A refusal is recorded beside the request, not with what it would have done.
    const audited = async () =>
      (await send('GET', '/api/v1/audit?action=chat.asked&actor=ann', undefined, ann)).body.entries;
    await expect.poll(async () => (await audited()).length).toBe(2);
    expect(await audited()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'failure' }),
        expect.objectContaining({ outcome: 'success', after: { answer_id: id } }),
      ]),
    );
    const cancelled = await send('GET', '/api/v1/audit?action=chat.cancelled&actor=bob', undefined, ann);
    expect(cancelled.body.entries).toMatchObject([{ after: { answer_id: other } }, { after: { answer_id: id } }]);
    expect((await send('POST', '/ops/chat', { message: 'x' }, 'not a token')).status).toBe(401);
  });

  test('no more than four answers are written at a time', async () => {
    const tokens = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(tokenOf));
    const answers = await Promise.all(tokens.map((token) => send('POST', '/ops/chat', { message: 'slow' }, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 429]);
    for (const { body } of answers) if (body.id) await send('DELETE', `/ops/chat/${body.id}`);
  });
});

describe('clearing', () => {
  test('is refused while an answer is written; then every page is empty', async () => {
    const { cursor, chat } = await stateOf();
    await using watching = watch(cursor, 'sse');
    const id = await ask('slow');
    expect((await send('DELETE', '/ops/chat')).status).toBe(409);
    await send('DELETE', `/ops/chat/${id}`);
    expect((await send('DELETE', '/ops/chat')).status).toBe(200);
    await expect.poll(() => watching.events.at(-1)?.type).toBe('chat_cleared');
    expect(shownBy(watching.events, chat.messages)).toEqual([]);
    expect((await stateOf()).chat.messages).toEqual([]);
  });
});

describe('the server’s end', () => {
  test.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])(
    '%s while an answer is written: interrupted after the start, once, and pages go on from their cursor',
    async (signal) => {
      const before = await stateOf();
      let id: string;
      {
        await using watching = watch(before.cursor);
        id = await ask('slow');
        await expect.poll(() => piecesOf(watching.events, id).length).toBeGreaterThan(0);
      }
      await server.stop(signal);
      server = await startServer({ dataDir, env });
      await expect.poll(() => model.open).toBe(0);
      await using again = watch(before.cursor, 'sse');
      await again.has(id);
      const ends = again.events.filter((event) => event.type === 'chat_complete' && event.message_id === id);
      const pieces = piecesOf(again.events, id);
      const end = { status: 'error', error: expect.stringMatching(/^interrupted/), token_count: pieces.length };
      expect(ends).toMatchObject([end]);
      expect(find((await stateOf()).chat.messages, id)).toMatchObject({ status: 'error', tokens: pieces });
      expect((await stateOf()).chat.messages).toEqual(shownBy(again.events, before.chat.messages));
    },
  );
});

describe('without a model', () => {
  test.each([
    [{}, 'MILLRACE_MODEL_BASE_URL'],
    [{ MILLRACE_MODEL_BASE_URL: 'http://127.0.0.1:9/v1' }, 'MILLRACE_MODEL'],
  ])('with %o, questions are answered 503, and the variable to set is named', async (settings, variable) => {
    await using bare = await startServer({ env: settings });
    const response = await fetch(`${bare.url}/ops/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"How is it?"}',
    });
    expect(response.status).toBe(503);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(new RegExp(`${variable}$`)) });
    expect((await stateOf(bare)).chat).toEqual({ is_configured: false, hint: error.message, messages: [] });
  });
});
