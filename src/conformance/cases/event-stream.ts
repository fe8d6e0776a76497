import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import { type FeedMessage, parsed } from '../probes/feed-messages.ts';
import { acceptOf } from '../probes/raw-websocket.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';
import { anEvent, publishEvents } from './publish.ts';

const isoSchema = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/));

/** The `Event` of spec 004; more members are allowed. */
export const eventSchema = z.looseObject({
  id: z.number(),
  timestamp: isoSchema,
  source_app: z.string(),
  event_type: z.string(),
  tool_name: z.optional(z.string()),
  summary: z.optional(z.string()),
  session_id: z.optional(z.string()),
  metadata: z.optional(z.string()),
  created_at: isoSchema,
});
const pongSchema = z.looseObject({ type: z.literal('pong'), timestamp: isoSchema });

const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** "Acceptable: <1s (per spec success criteria)". */
const DELIVERY_MS = 1_000;
const LIMIT_MS = 5_000;

const idOf = (text: string) => (parsed(text) as { data?: { id?: number } }).data?.id;

/** Spec 004: the WebSocket `/stream`. */
export const eventStreamCriteria: readonly Criterion[] = [
  {
    name: 'connection-handshake',
    words: 'Upgrade from HTTP GET request: 101 Switching Protocols, Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    async judge(probe) {
      const sample = await probe.socket('/stream', { key: SAMPLE_KEY });
      expectEqual(sample.status, 101, 'the status');
      expectEqual(sample.header('upgrade')?.toLowerCase(), 'websocket', 'Upgrade');
      expectEqual(sample.header('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'Sec-WebSocket-Accept');
      const key = 'AAECAwQFBgcICQoLDA0ODw==';
      const another = await probe.socket('/stream', { key });
      expectEqual(another.header('sec-websocket-accept'), acceptOf(key), 'Sec-WebSocket-Accept of another key');
    },
  },
  {
    name: 'message-format',
    words: 'interface WebSocketMessage { type: "event"; data: Event }',
    async judge(probe) {
      const socket = await probe.socket('/stream');
      const sent = anEvent({
        tool_name: 'mcp__sqlite__query',
        summary: 'Querying "portfolio_library" – für RAG ✓',
        session_id: probe.freshName(),
        metadata: '{"query": "SELECT 1"}',
      });
      const { id } = (await probe.post('/events', sent)).json() as { id: number };
      const text = await socket.texts.until('frame of the event', probe.limit(LIMIT_MS), (all) =>
        all.find((one) => idOf(one) === id),
      );
      const frame = parsed(text) as FeedMessage;
      expectEqual(frame.type, 'event', 'type');
      const event = expectShape(frame.data, eventSchema, 'data');
      const kept = Object.fromEntries(Object.keys(sent).map((name) => [name, event[name]]));
      expectEqual(kept, sent, 'what was sent, as it came back');
    },
  },
  {
    name: 'event-broadcast',
    words: '2 clients are connected; new event is posted to /events; both clients receive event via WebSocket.',
    async judge(probe) {
      const sockets = [await probe.socket('/stream'), await probe.socket('/stream')];
      const { ids } = await publishEvents(probe, 1);
      for (const socket of sockets) {
        await socket.texts.until('event', probe.limit(DELIVERY_MS), (all) => all.some((one) => idOf(one) === ids[0]));
      }
    },
  },
  {
    name: 'all-clients',
    words:
      'Broadcast to ALL connected WebSocket clients (no filtering). Support 10 concurrent clients without degradation.',
    async judge(probe) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => probe.socket('/stream')));
      const batch = Array.from({ length: 100 }, (_, number) => anEvent({ summary: `burst ${number}` }));
      const { first_id, last_id } = (await probe.post('/events', batch)).json();
      const wanted = Array.from({ length: 100 }, (_, number) => first_id + number);
      expectEqual(last_id, first_id + 99, 'last_id of a batch of 100');
      for (const socket of sockets) {
        const ids = await socket.texts.until('burst of 100 events', probe.limit(LIMIT_MS), (all) => {
          const mine = all.map(idOf).filter((id) => id !== undefined && id >= first_id && id <= last_id);
          return mine.length >= 100 && mine;
        });
        expectEqual(ids, wanted, 'the ids of a burst');
      }
    },
  },
  {
    name: 'no-acknowledgement',
    words: "Fire-and-forget, don't wait for client response. A broken client doesn't hold up the others.",
    async judge(probe) {
      const silent = await probe.socket('/stream');
      silent.pause();
      const gone = await probe.socket('/stream');
      gone.destroy();
      const healthy = await probe.socket('/stream');
      const { ids } = await publishEvents(probe, 1);
      await healthy.texts.until('event', probe.limit(DELIVERY_MS), (all) => all.some((one) => idOf(one) === ids[0]));
    },
  },
  {
    name: 'ping-pong',
    words: 'Ping {"type":"ping"}: the server responds {"type":"pong","timestamp"}.',
    async judge(probe) {
      const socket = await probe.socket('/stream');
      socket.sendText('{"type":"ping"}');
      const text = await socket.texts.until('pong', probe.limit(LIMIT_MS), (all) =>
        all.find((one) => (parsed(one) as FeedMessage).type === 'pong'),
      );
      expectShape(parsed(text), pongSchema, 'the pong');
    },
  },
  {
    name: 'unknown-frames',
    words: "a frame that isn't JSON or of unknown type is ignored and counted, the connection stays.",
    async judge(probe) {
      const socket = await probe.socket('/stream');
      for (const text of ['not json', '{"type":"unknown"}', '[]', 'null', '{"type":']) socket.sendText(text);
      socket.sendText('{"type":"ping"}');
      await socket.texts.until('pong after frames of no meaning', probe.limit(LIMIT_MS), (all) =>
        all.some((one) => (parsed(one) as FeedMessage).type === 'pong'),
      );
      expectThat(socket.closings.items.length === 0, 'the connection was closed');
    },
  },
  {
    name: 'order-and-duplicates',
    words: 'Every client gets every event once, in the order of their ids.',
    async judge(probe) {
      const socket = await probe.socket('/stream');
      const { ids } = await publishEvents(probe, 10);
      await socket.texts.until('last event', probe.limit(LIMIT_MS), (all) =>
        all.some((one) => idOf(one) === ids.at(-1)),
      );
      const mine = socket.texts.items.map(idOf).filter((id) => id !== undefined && ids.includes(id));
      expectEqual(mine, ids, 'the ids, as they came');
    },
  },
];
