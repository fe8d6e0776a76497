import type * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import type { FeedMessage } from '../probes/feed-messages.ts';
import type { OpenFeed, Probe } from '../probes/probe.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';
import { channelSchema, messageSchema, userSchema } from './messages.ts';

/** "95% of newly ingested messages appear on relevant pages within 2 seconds of ingestion". */
const APPEARS_MS = 2_000;

/** Spec 003: what the feed `/live` shows to each page. */
export const liveViewCriteria: readonly Criterion[] = [
  {
    name: 'FR-011',
    words: 'Live delivery uses Server-Sent Events (SSE) for all read-only updates across views.',
    async judge(probe) {
      const scene = await aScene(probe, 1);
      const queries = ['home', 'messages', 'channels', 'users'].map((view): Record<string, string> => ({ view }));
      for (const query of [...queries, { view: 'user', user: scene.user }]) {
        const stream = await probe.stream('/live', { query });
        expectEqual(stream.status, 200, `the status of the view ${query.view}`);
        expectEqual(stream.headers.get('content-type')?.split(';')[0], 'text/event-stream', 'Content-Type');
        await stream.events.until('hello', probe.limit(APPEARS_MS), ([event]) => event?.event === 'hello');
        stream.close();
      }
    },
  },
  {
    name: 'FR-001',
    words: 'Home page metrics (overall messages, channels, users) must update within the live session.',
    async judge(probe) {
      const feed = await probe.feed('/live', 'sse', { query: { view: 'home' } });
      const totals = (all: readonly FeedMessage[]) => all.findLast(({ type }) => type === 'metrics');
      const first = Number((await feed.until('metrics', APPEARS_MS, totals)).total_messages);
      await aScene(probe, 7);
      const last = await feed.until('metrics with seven more messages', APPEARS_MS, (all) => {
        const row = totals(all);
        return Number(row?.total_messages) >= first + 7 && row;
      });
      for (const name of ['total_channels', 'total_users']) {
        expectEqual(typeof last[name], 'number', `the type of ${name}`);
      }
    },
  },
  {
    name: 'FR-002',
    words: 'Home page latest messages list must append new messages in chronological order without duplicates or gaps.',
    judge: (probe) => expectMessages(probe, () => ({ view: 'home' })),
  },
  {
    name: 'FR-003',
    words: '`/messages` must stream newly ingested messages in order.',
    judge: (probe) => expectMessages(probe, () => ({ view: 'messages' })),
  },
  {
    name: 'FR-003-filters',
    words: 'feed `/live?view=messages&channel=<name>`: messages of the channel only.',
    async judge(probe) {
      const scene = await aScene(probe, 1);
      const feed = await probe.feed('/live', 'sse', { query: { view: 'messages', channel: scene.channel } });
      await feed.until('hello', APPEARS_MS, (all) => all.length > 0);
      await aScene(probe, 1);
      await say(probe, scene, ['seen']);
      await feed.until('message of the channel', APPEARS_MS, (all) => all.some(({ text }) => text === 'seen'));
      const texts = messagesOf(feed).map(({ text }) => text);
      expectEqual(texts, ['seen'], 'the messages of the view of one channel');
    },
  },
  {
    name: 'FR-004',
    words:
      "`/channels` must update each channel's displayed message count as new messages are ingested for that channel.",
    async judge(probe) {
      const feed = await probe.feed('/live', 'sse', { query: { view: 'channels' } });
      const { channel } = await aScene(probe, 5);
      await expectRow(feed, channelSchema, (row) => row.channel === channel && row.message_count === 5);
    },
  },
  {
    name: 'FR-005',
    words: "`/users` must update each user's displayed message count as they send messages.",
    async judge(probe) {
      const feed = await probe.feed('/live', 'sse', { query: { view: 'users' } });
      const { user } = await aScene(probe, 5);
      await expectRow(feed, userSchema, (row) => row.user === user && row.message_count === 5);
    },
  },
  {
    name: 'FR-006',
    words: "`/users/<user-name>` must update that user's message count and latest messages in chronological order.",
    async judge(probe) {
      const scene = await aScene(probe, 1);
      const feed = await probe.feed('/live', 'sse', { query: { view: 'user', user: scene.user } });
      await feed.until('hello', APPEARS_MS, (all) => all.length > 0);
      await aScene(probe, 1);
      await say(probe, scene, ['second', 'third']);
      await expectRow(feed, userSchema, (row) => row.user === scene.user && row.message_count === 3);
      await feed.until('messages of the user', APPEARS_MS, (all) => all.some(({ text }) => text === 'third'));
      const texts = messagesOf(feed).map(({ text }) => text);
      expectEqual(texts, ['second', 'third'], 'the messages of the view of one user');
    },
  },
  {
    name: 'FR-007',
    words:
      'Live updates must preserve consistent ordering and avoid duplicate display: bursts, and what a lost connection missed.',
    async judge(probe) {
      const scene = await aScene(probe, 1);
      const query = { view: 'messages', channel: scene.channel };
      const first = await probe.feed('/live', 'sse', { query });
      await first.until('hello', APPEARS_MS, (all) => all.length > 0);
      const texts = Array.from({ length: 200 }, (_, number) => `burst ${number}`);
      for (let from = 0; from < 100; from += 20) await say(probe, scene, texts.slice(from, from + 20));
      await first.until('message before the loss', APPEARS_MS, (all) => all.filter(isMessage).length >= 30);
      const seen = messagesOf(first).slice(0, 30);
      first.close();
      for (let from = 100; from < 200; from += 20) await say(probe, scene, texts.slice(from, from + 20));
      const cursor = seen.at(-1)?.cursor ?? '';
      const second = await probe.feed('/live', 'sse', { query, headers: { 'last-event-id': cursor } });
      await second.until('last message of the burst', APPEARS_MS, (all) =>
        all.some(({ text }) => text === texts.at(-1)),
      );
      const shown = [...seen, ...messagesOf(second)].map(({ text }) => text);
      expectEqual(shown, texts, 'the messages over both connections');
    },
  },
  {
    name: 'SC-004',
    words:
      'When live connectivity is interrupted, a visible status appears within 5 seconds: feeds ask for a 2 s heartbeat (`?heartbeat=2`).',
    async judge(probe) {
      const feed = await probe.feed('/live', 'sse', { query: { view: 'home', heartbeat: '2' } });
      await feed.until('heartbeat', 3_000, (all) => all.some(({ type }) => type === 'heartbeat'));
    },
  },
  {
    name: 'unknown-view',
    words: 'Unknown view → 400.',
    async judge(probe) {
      for (const query of ['?view=nothing', '?view=']) {
        expectEqual((await probe.ask(`/live${query}`)).status, 400, `the status of /live${query}`);
      }
      expectEqual((await probe.stream('/live', { query: { view: 'nothing' } })).status, 400, 'the status by SSE');
    },
  },
  {
    name: 'deleted-targets',
    words: '`DELETE /api/channels/:name` (`?history=keep|delete`): counts follow, open pages show it as unavailable.',
    async judge(probe) {
      const scene = await aScene(probe, 3);
      const feed = await probe.feed('/live', 'sse', { query: { view: 'channels' } });
      await feed.until('hello', APPEARS_MS, (all) => all.length > 0);
      const deleted = await probe.ask(`/api/channels/${scene.channel}?history=delete`, { method: 'DELETE' });
      expectEqual(deleted.status, 200, 'the status');
      await feed.until('row that says the channel is gone', APPEARS_MS, (all) =>
        all.some((row) => row.channel === scene.channel && row.unavailable !== undefined),
      );
      const left = await probe.ask(`/api/messages?channel=${scene.channel}`);
      expectThat(!left.text.includes('message 0'), 'a message of the deleted history is still there');
      const again = await probe.ask(`/api/channels/${scene.channel}`, { method: 'DELETE' });
      expectEqual(again.status, 404, 'the status for what is gone');
    },
  },
];

interface Scene {
  readonly channel: string;
  readonly user: string;
}

/** A new channel and user with so many messages, removed when the case is over. */
async function aScene(probe: Probe, count: number): Promise<Scene> {
  const scene = { channel: probe.freshName(), user: probe.freshName() };
  probe.cleanUp(() => probe.ask(`/api/channels/${scene.channel}?history=delete`, { method: 'DELETE' }));
  await say(
    probe,
    scene,
    Array.from({ length: count }, (_, number) => `message ${number}`),
  );
  return scene;
}

async function say(probe: Probe, scene: Scene, texts: readonly string[]): Promise<void> {
  const answer = await probe.post(
    '/api/messages',
    texts.map((text) => ({ ...scene, text })),
  );
  expectThat(answer.status === 201, `POST /api/messages was answered ${answer.status} ${answer.text.slice(0, 200)}`);
}

const isMessage = ({ type }: FeedMessage) => type === 'message';

function messagesOf(feed: OpenFeed): readonly FeedMessage[] {
  return feed.messages().filter(isMessage);
}

/** Every message once, in the order in which it was posted, and soon. */
async function expectMessages(probe: Probe, query: () => Record<string, string>): Promise<void> {
  const feed = await probe.feed('/live', 'sse', { query: query() });
  await feed.until('hello', APPEARS_MS, (all) => all.length > 0);
  const { channel } = await aScene(probe, 20);
  const mine = () => messagesOf(feed).filter((one) => one.channel === channel);
  await feed.until('20 messages', APPEARS_MS, () => mine().length >= 20);
  for (const message of mine()) expectShape(message, messageSchema, 'a message');
  const wanted = Array.from({ length: 20 }, (_, number) => `message ${number}`);
  expectEqual(
    mine().map(({ text }) => text),
    wanted,
    'the messages, as they came',
  );
}

async function expectRow<Row>(
  feed: OpenFeed,
  schema: z.ZodMiniType<Row>,
  isIt: (row: FeedMessage) => boolean,
): Promise<void> {
  const row = await feed.until('row with the right count', APPEARS_MS, (all) => all.find(isIt));
  expectShape<Row>(row, schema, 'the row');
}
