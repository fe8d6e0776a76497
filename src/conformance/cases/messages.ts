import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import type { Probe } from '../probes/probe.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';

const NDJSON = { 'content-type': 'application/x-ndjson' };

export const messageSchema = z.looseObject({
  id: z.string(),
  channel: z.nullable(z.string()),
  user: z.nullable(z.string()),
  text: z.string(),
  sent_at: z.string(),
});
const metricsSchema = z.looseObject({
  total_messages: z.number(),
  total_channels: z.number(),
  total_users: z.number(),
  cursor: z.string(),
});
const summaryShape = { message_count: z.number(), last_message_at: z.nullable(z.string()) };
export const channelSchema = z.looseObject({ channel: z.string(), ...summaryShape });
export const userSchema = z.looseObject({ user: z.string(), ...summaryShape });
const messagesSchema = z.looseObject({ messages: z.array(messageSchema), cursor: z.string() });
const channelsSchema = z.looseObject({ channels: z.array(channelSchema), cursor: z.string() });
const usersSchema = z.looseObject({ users: z.array(userSchema), cursor: z.string() });

/** Spec 003: what takes messages in, and the counts of those that are stored. */
export const messageCriteria: readonly Criterion[] = [
  {
    name: 'post-messages',
    words:
      '`POST /api/messages` — one, an array, or NDJSON of `{"channel","user","text","sent_at?","id?"}` → 201 (ids in order).',
    async judge(probe) {
      const channel = probe.freshName();
      const one = { channel, user: probe.freshName(), text: 'one' };
      const idsOf = async (body: unknown, headers = {}) => {
        const answer = await probe.post('/api/messages', body, headers);
        expectEqual(answer.status, 201, `the status, with ${answer.text.slice(0, 200)}`);
        return expectShape(answer.json(), z.looseObject({ ids: z.array(z.string()) }), 'the answer').ids;
      };
      const ids = [
        ...(await idsOf(one)),
        ...(await idsOf([
          { ...one, text: 'two' },
          { ...one, text: 'three' },
        ])),
        ...(await idsOf(
          `${JSON.stringify({ ...one, text: 'four' })}\n${JSON.stringify({ ...one, text: 'five' })}\n`,
          NDJSON,
        )),
      ];
      const { messages } = await read(probe, `/api/messages?channel=${channel}`, messagesSchema);
      expectEqual(messages.map(({ id }) => id).reverse(), ids, 'the ids of what is stored');
      expectEqual(
        messages.map(({ text }) => text),
        ['five', 'four', 'three', 'two', 'one'],
        'the texts, newest first',
      );
    },
  },
  {
    name: 'idempotent',
    words: '`id` makes it idempotent.',
    async judge(probe) {
      const message = { id: probe.freshName(), channel: probe.freshName(), user: 'conformance', text: 'once' };
      for (let repeat = 0; repeat < 3; repeat += 1) {
        expectEqual((await probe.post('/api/messages', message)).status, 201, 'the status of a repeat');
      }
      const { messages } = await read(probe, `/api/messages?channel=${message.channel}`, messagesSchema);
      expectEqual(messages.length, 1, 'messages stored of three with one id');
      const other = await probe.post('/api/messages', { ...message, text: 'other' });
      expectEqual(other.status, 409, 'the status for the same id with another text');
    },
  },
  {
    name: 'refused-messages',
    words: 'A bad message is refused, and nothing of its request is stored.',
    async judge(probe) {
      const good = { channel: probe.freshName(), user: 'conformance', text: 'good' };
      for (const bad of [{ channel: '' }, { user: undefined }, { text: '' }, { text: 5 }, { sent_at: 'never' }]) {
        const answer = await probe.post('/api/messages', [good, { ...good, ...bad }]);
        expectEqual(answer.status, 400, `the status for ${JSON.stringify(bad)}`);
      }
      const { messages } = await read(probe, `/api/messages?channel=${good.channel}`, messagesSchema);
      expectEqual(messages, [], 'messages stored of refused requests');
    },
  },
  {
    name: 'read-metrics',
    words: '`GET /api/metrics` → `{"total_messages","total_channels","total_users","cursor"}`',
    async judge(probe) {
      const before = await read(probe, '/api/metrics', metricsSchema);
      await probe.post('/api/messages', { channel: probe.freshName(), user: probe.freshName(), text: 'counted' });
      const after = await read(probe, '/api/metrics', metricsSchema);
      // Others may write meanwhile: what was posted here is the least.
      for (const name of ['total_messages', 'total_channels', 'total_users'] as const) {
        expectThat(after[name] > before[name], `${name} was ${before[name]} and is ${after[name]} after one more`);
      }
    },
  },
  {
    name: 'SC-002',
    words:
      'Displayed message counts on home, channels, users, and user profile pages remain within 0.1% of authoritative counts: exact live counts.',
    async judge(probe) {
      const channels = [probe.freshName(), probe.freshName()];
      const users = [probe.freshName(), probe.freshName(), probe.freshName()];
      const total = 600;
      const messages = Array.from({ length: total }, (_, number) => ({
        channel: channels[number % 2],
        user: users[number % 3],
        text: `message ${number}`,
      }));
      const posts = Array.from({ length: 20 }, (_, part) => messages.slice(part * 30, part * 30 + 30));
      const answers = await Promise.all(posts.map((part) => probe.post('/api/messages', part)));
      expectEqual([...new Set(answers.map(({ status }) => status))], [201], 'the statuses of 20 posts at once');
      for (const channel of channels) {
        const { channels: rows } = await read(probe, `/api/channels?q=${channel}`, channelsSchema);
        expectEqual(rows.find((row) => row.channel === channel)?.message_count, total / 2, `messages of ${channel}`);
      }
      for (const user of users) {
        const { users: rows } = await read(probe, `/api/users?q=${user}`, usersSchema);
        expectEqual(rows.find((row) => row.user === user)?.message_count, total / 3, `messages of ${user} in the list`);
        const detail = await read(probe, `/api/users/${user}`, userSchema);
        expectEqual(detail.message_count, total / 3, `messages of ${user}`);
      }
    },
  },
  {
    name: 'read-messages',
    words:
      '`GET /api/messages?limit=50&before=&channel=&user=&q=` · `GET /api/channels` · `GET /api/users` — each with `cursor`',
    async judge(probe) {
      const channel = probe.freshName();
      const user = probe.freshName();
      const post = (text: string, by: string) => probe.post('/api/messages', { channel, user: by, text });
      for (const text of ['apple pie', 'banana', 'cherry']) await post(text, user);
      await post('apple tree', 'conformance');
      const texts = async (query: string) =>
        (await read(probe, `/api/messages?channel=${channel}&${query}`, messagesSchema)).messages.map(
          ({ text }) => text,
        );
      expectEqual(await texts('limit=2'), ['apple tree', 'cherry'], 'limit=2');
      expectEqual(await texts(`user=${user}`), ['cherry', 'banana', 'apple pie'], 'of one user');
      expectEqual(await texts('q=apple'), ['apple tree', 'apple pie'], 'q=apple');
      const page = await read(probe, `/api/messages?channel=${channel}&limit=2`, messagesSchema);
      expectEqual(await texts(`before=${page.messages.at(-1)?.id}`), ['banana', 'apple pie'], 'before the page');
      await read(probe, '/api/channels', channelsSchema);
      await read(probe, '/api/users', usersSchema);
    },
  },
  {
    name: 'connectors',
    words:
      '`GET /api/connectors`; each row `{"id","kind","channel","mode","liveness","events_ingested","provider_failures","last_error?"}`',
    async judge(probe) {
      await probe.post('/api/messages', { channel: probe.freshName(), user: 'conformance', text: 'by HTTP' });
      const rowSchema = z.looseObject({
        id: z.string(),
        kind: z.enum(['irc', 'http', 'hooks']),
        channel: z.nullable(z.string()),
        mode: z.string(),
        liveness: z.string(),
        events_ingested: z.number(),
        provider_failures: z.number(),
      });
      await read(probe, '/api/connectors', z.looseObject({ connectors: z.array(rowSchema) }));
    },
  },
];

async function read<Schema extends z.ZodMiniType>(
  probe: Probe,
  path: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const answer = await probe.ask(path);
  expectEqual(answer.status, 200, `the status of ${path}`);
  return expectShape<z.infer<Schema>>(answer.json(), schema, path);
}
