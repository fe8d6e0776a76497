import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import {
  channelsSchema,
  type LiveMessage,
  liveMessageSchema,
  messagePageSchema,
  messagesAcceptedSchema,
  metricsSchema,
  userDetailSchema,
  usersSchema,
} from '../src/surfaces/messages/events.ts';
import { openEventSource } from './support/event-source.ts';
import { type Message, readRawFeed, TRANSPORTS, type Transport } from './support/raw-feed.ts';

// specs/003, the server's part. The server is a process of its own, as a user runs it.

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

interface Post {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly id?: string;
}

async function post(...messages: readonly Post[]) {
  const response = await fetch(`${server.url}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(messages),
  });
  expect(response.status).toBe(201);
  return messagesAcceptedSchema.parse(await response.json());
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`);
  expect(response.status).toBe(200);
  return response.json();
}

async function remove(path: string) {
  expect((await fetch(`${server.url}${path}`, { method: 'DELETE' })).status).toBe(200);
}

const live = (query: string) => `${server.url}/live?${query}`;

/** Follows a view until `isDone`; each connection is dropped after so many messages and resumed by the next transport. */
async function follow(
  query: string,
  cursor: string,
  transports: readonly Transport[],
  isDone: (all: LiveMessage[]) => boolean,
) {
  const all: LiveMessage[] = [];
  let at = cursor;
  for (let connection = 0; !isDone(all); connection += 1) {
    let left = 7 + connection;
    const transport = transports[connection % transports.length] ?? 'sse';
    at = await readRawFeed({
      url: live(query),
      transport,
      cursor: at,
      onEvent(message: Message) {
        all.push(liveMessageSchema.parse(message));
        left -= 1;
        return left > 0 && !isDone(all);
      },
    });
  }
  return all;
}

const messagesOf = (all: readonly LiveMessage[]) => all.flatMap((one) => (one.type === 'message' ? [one] : []));

describe('FR-002, FR-003, FR-007: messages come in order, once each', () => {
  test.each([...TRANSPORTS.map((transport) => ({ transports: [transport] })), { transports: TRANSPORTS }])(
    'by $transports, however often the connection is lost',
    async ({ transports }) => {
      const name = `order-${transports.join('-')}`;
      const { cursor } = await post({ user: name, channel: name, text: 'before' });
      const texts = Array.from({ length: 120 }, (_, index) => `number ${index}`);
      const reading = follow(
        `view=messages&channel=${name}`,
        cursor,
        transports,
        (all) => messagesOf(all).length >= 120,
      );
      for (let from = 0; from < texts.length; from += 8) {
        await post(...texts.slice(from, from + 8).map((text) => ({ user: name, channel: name, text })), {
          user: 'somebody',
          channel: 'elsewhere',
          text: 'not asked for',
        });
      }
      const all = await reading;
      expect(messagesOf(all).map(({ text }) => text)).toEqual(texts);
      const seqs = messagesOf(all).map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    },
  );

  test('a message on the feed is the message that is read', async () => {
    using stream = await openEventSource(live('view=home'));
    const { ids } = await post({ user: 'ünï', channel: '#c', text: 'a\n"b" 👍', id: 'own-id' });
    const { name, id, data } = await stream.next((event) => event.data.id === ids[0]);
    const { type, cursor, ...message } = liveMessageSchema.parse(data);
    expect([name, type, id]).toEqual(['message', 'message', cursor]);
    const { messages } = messagePageSchema.parse(await get('/api/messages?around=own-id&limit=1'));
    expect(messages).toEqual([message]);
  });
});

describe('FR-001, FR-004, FR-005, FR-006: counts are absolute rows', () => {
  test('each view ends on the counts that are stored, whatever was left out in between', async () => {
    const { cursor } = await post({ user: 'counted', channel: 'counted', text: 'first' });
    const views = ['home', 'messages&channel=counted', 'channels', 'users', 'user&user=counted'];
    const streams = await Promise.all(views.map((view) => openEventSource(`${live(`view=${view}`)}&cursor=${cursor}`)));
    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(
        Array.from({ length: 5 }, () => post({ user: 'counted', channel: 'counted', text: `${batch}` })),
      );
    }
    const [home, messages, channels, users, user] = streams;
    const stored = metricsSchema.parse(await get('/api/metrics'));
    const isStored = ({ data }: { data: Record<string, unknown> }) => data.total_messages === stored.total_messages;
    const hasAll = ({ data }: { data: Record<string, unknown> }) => data.message_count === 101;
    for (const stream of [home, messages, channels, users]) {
      expect((await stream?.next(isStored))?.data).toMatchObject({
        type: 'metrics',
        total_channels: stored.total_channels,
        total_users: stored.total_users,
        last_message_at: stored.last_message_at,
      });
    }
    const { channels: rows } = channelsSchema.parse(await get('/api/channels?q=counted'));
    for (const stream of [messages, channels]) {
      const found = await stream?.next((event) => event.data.type === 'channel' && hasAll(event));
      expect(found?.data).toMatchObject({ ...rows[0], message_count: 101 });
    }
    const { users: userRows } = usersSchema.parse(await get('/api/users?q=counted'));
    expect((await users?.next((event) => event.data.type === 'user' && hasAll(event)))?.data).toMatchObject({
      ...userRows[0],
    });
    const { messages: newest, cursor: _, ...detail } = userDetailSchema.parse(await get('/api/users/counted'));
    expect((await user?.next(hasAll))?.data).toMatchObject({ type: 'user', ...detail });
    expect(newest[0]?.text).toBe('19');
    // At most four rows of one key in a second: far fewer than messages.
    expect(channels?.received.filter(({ data }) => data.channel === 'counted').length).toBeLessThan(50);
    for (const stream of streams) stream[Symbol.dispose]();
  });

  test('navigation: what is read and what the feed goes on with belong together', async () => {
    const { cursor } = messagePageSchema.parse(await get('/api/messages?limit=1'));
    const { ids } = await post({ user: 'next', channel: 'next', text: 'after the snapshot' });
    using stream = await openEventSource(`${live('view=messages')}&cursor=${cursor}`);
    await stream.next(({ name }) => name === 'message');
    expect(stream.received.find(({ name }) => name === 'message')?.data.id).toBe(ids[0]);
  });
});

describe('edge case: a channel or a user is deleted', () => {
  test.each(['keep', 'delete'] as const)(
    'open pages are told, go on, and see the name come back (history=%s)',
    async (history) => {
      const name = `gone-${history}`;
      const { cursor } = await post(
        { user: name, channel: name, text: 'x' },
        { user: 'stays', channel: name, text: 'y' },
      );
      const at = `&cursor=${cursor}`;
      using users = await openEventSource(live(`view=users${at}`));
      using user = await openEventSource(live(`view=user&user=${name}${at}`));
      using list = await openEventSource(live(`view=messages&user=${name}${at}`));
      using home = await openEventSource(live(`view=home${at}`));
      await remove(`/api/users/${name}?history=${history}`);
      for (const stream of [users, user, list, home]) {
        const { name: event, data } = await stream.next((one) => one.data.unavailable === history);
        expect([event, data.user, data.message_count]).toEqual(['user', name, 0]);
      }
      // A page that was open on it reconnects, and is told again.
      using again = await openEventSource(live(`view=user&user=${name}${at}`));
      await again.next(({ data }) => data.unavailable === history);
      await post({ user: name, channel: name, text: 'back' });
      for (const stream of [users, user, again]) {
        const { data } = await stream.next(
          (one) => one.data.user === name && one.data.message_count === 1 && one.name === 'user',
        );
        expect(data.unavailable).toBeUndefined();
      }
      const { data } = await list.next((one) => one.data.text === 'back');
      expect(data.user).toBe(name);
      const { total_messages } = metricsSchema.parse(await get('/api/metrics'));
      await home.next((one) => one.data.total_messages === total_messages);
    },
  );
});

describe('FR-008, SC-004: a loss is noticed in time', () => {
  test('a page that asks for it hears from the server every 2 s', async () => {
    using stream = await openEventSource(live('view=home&heartbeat=2'));
    expect(stream.received[0]?.data).toMatchObject({ type: 'hello', feed: 'live', heartbeatMs: 2_000 });
    const beat = await stream.next(({ name }) => name === 'heartbeat');
    expect(beat.data.cursor).toBe(beat.id);
  });

  test.each([
    ['view=nothing', 400, 'invalid_request'],
    ['', 400, 'invalid_request'],
    ['view=user', 400, 'invalid_request'],
    ['view=user&user=nobody', 404, 'not_found'],
    ['view=messages&channel=nowhere', 404, 'not_found'],
    ['view=messages&user=nobody', 404, 'not_found'],
  ])('what cannot be shown is refused: /live?%s is %d', async (query, status, code) => {
    for (const accept of ['text/event-stream', 'application/json']) {
      const response = await fetch(live(query), { headers: { accept } });
      expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
    }
  });
});
