import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import { type FeedMessage, isEvent } from '../probes/feed-messages.ts';
import type { Probe, StreamingTransport } from '../probes/probe.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';
import { headOf, publishEvents } from './publish.ts';

const PATH = '/stream';
const LIMIT_MS = 5_000;
const STREAMING: readonly StreamingTransport[] = ['websocket', 'millrace.v1', 'sse'];

const cursorSchema = z.string().check(z.regex(/^[a-z0-9]+\.\d+\.[a-z0-9]+$/));
const helloSchema = z.looseObject({
  type: z.literal('hello'),
  cursor: cursorSchema,
  feed: z.string().check(z.minLength(1)),
  heartbeatMs: z.number().check(z.positive()),
});
const pageSchema = z.looseObject({
  events: z.array(z.looseObject({ type: z.string(), cursor: cursorSchema })),
  cursor: cursorSchema,
  upToDate: z.boolean(),
});
const errorSchema = z.object({
  error: z.object({
    code: z.string().check(z.minLength(1)),
    message: z.string().check(z.minLength(1)),
    details: z.optional(z.unknown()),
    traceId: z.string().check(z.minLength(1)),
  }),
});

const idOf = ({ data }: FeedMessage) => (data as { id?: number } | undefined)?.id;

/** What is asked of every feed on each transport, judged on `/stream`. */
export const feedTransportCriteria: readonly Criterion[] = [
  {
    name: 'sse-hello',
    words: 'The first frame is `event: hello`, with an `id:`, so that a client that saw no event can still resume.',
    async judge(probe) {
      const stream = await probe.stream(PATH);
      const first = await stream.events.until('frame', probe.limit(LIMIT_MS), ([event]) => event);
      expectEqual(first.event, 'hello', 'the first frame');
      expectShape(first.id, cursorSchema, 'the id: of hello');
      expectShape(JSON.parse(first.data), helloSchema, 'hello');
      const { ids } = await publishEvents(probe, 1);
      const resumed = await probe.feed(PATH, 'sse', { headers: { 'last-event-id': first.id ?? '' } });
      await resumed.until('event after the position of hello', LIMIT_MS, (all) =>
        all.some((one) => idOf(one) === ids[0]),
      );
    },
  },
  {
    name: 'sse-frame',
    words: 'SSE frame: `event: <type>`, `id: <cursor>`, `data: <one line of JSON>`.',
    async judge(probe) {
      const stream = await probe.stream(PATH);
      await stream.events.until('hello', probe.limit(LIMIT_MS), ([event]) => event);
      await publishEvents(probe, 3);
      const events = await stream.events.until('three events', probe.limit(LIMIT_MS), (all) => {
        const shown = all.filter(({ event }) => event === 'event');
        return shown.length >= 3 && shown;
      });
      for (const { event, id, data } of events) {
        expectThat(!data.includes('\n'), 'data: is more than one line');
        const message = JSON.parse(data) as FeedMessage;
        expectEqual(event, message.type, 'event:');
        expectEqual(id, message.cursor, 'id:');
        expectShape(id, cursorSchema, 'id:');
      }
    },
  },
  {
    name: 'sse-headers',
    words: 'Headers `Cache-Control: no-store, no-transform`, `X-Accel-Buffering: no`. `retry:` is sent with jitter.',
    async judge(probe) {
      const streams = [await probe.stream(PATH), await probe.stream(PATH), await probe.stream(PATH)];
      const retries: number[] = [];
      for (const { headers, retries: given } of streams) {
        expectEqual(headers.get('content-type')?.split(';')[0], 'text/event-stream', 'Content-Type');
        const directives = (headers.get('cache-control') ?? '').split(',').map((one) => one.trim());
        for (const one of ['no-store', 'no-transform']) {
          expectThat(directives.includes(one), `Cache-Control is ${directives.join(', ') || 'not there'}`);
        }
        expectEqual(headers.get('x-accel-buffering'), 'no', 'X-Accel-Buffering');
        retries.push(await given.until('retry:', probe.limit(LIMIT_MS), ([ms]) => ms));
      }
      expectThat(new Set(retries).size > 1, `retry: is ${retries[0]} each time, without jitter`);
    },
  },
  {
    name: 'websocket-frame',
    words: 'WebSocket frame: one JSON text frame per event, exactly as the spec shows it, plus `cursor`.',
    async judge(probe) {
      const socket = await probe.socket(PATH);
      const { ids } = await publishEvents(probe, 3);
      const texts = await socket.texts.until('three frames', probe.limit(LIMIT_MS), (all) => all.length >= 3 && all);
      const frames = texts.map((text) => JSON.parse(text) as FeedMessage).filter(isEvent);
      for (const id of ids) {
        const frame = frames.find((one) => idOf(one) === id);
        expectThat(frame !== undefined, `no frame of its own for event ${id}`);
        expectEqual(Object.keys(frame).sort(), ['cursor', 'data', 'type'], 'the members of a frame');
        expectShape(frame.cursor, cursorSchema, 'cursor');
      }
    },
  },
  {
    name: 'v1-hello',
    words: 'With subprotocol `millrace.v1`: the first frame is `{"type":"hello","cursor","feed","heartbeatMs"}`.',
    async judge(probe) {
      const socket = await probe.socket(PATH, { protocols: ['millrace.v1'] });
      expectEqual(socket.header('sec-websocket-protocol'), 'millrace.v1', 'Sec-WebSocket-Protocol');
      const first = await socket.texts.until('frame', probe.limit(LIMIT_MS), ([text]) => text);
      expectShape(JSON.parse(first), helloSchema, 'the first frame');
    },
  },
  {
    name: 'v1-batches',
    words: 'A frame may be an array of events, each batch says `from` and `to` cursors.',
    async judge(probe) {
      const socket = await probe.socket(PATH, { protocols: ['millrace.v1'] });
      const { ids } = await publishEvents(probe, 6);
      let told: string | undefined;
      const seen: (number | undefined)[] = [];
      await socket.texts.until('batches with all events', probe.limit(LIMIT_MS), (all) => {
        told = undefined;
        seen.length = 0;
        for (const text of all) {
          const frame = JSON.parse(text);
          if (frame.type !== 'batch') {
            told = frame.cursor ?? told;
            continue;
          }
          expectEqual(frame.from, told, 'from of a batch, after what was told before');
          expectEqual(frame.events.at(-1)?.cursor, frame.to, 'to of a batch, and the cursor of its last event');
          told = frame.to;
          seen.push(...frame.events.map(idOf));
        }
        return ids.every((id) => seen.includes(id));
      });
    },
  },
  {
    name: 'heartbeat',
    words: '`heartbeat=` seconds (1–60): heartbeats carry the cursor.',
    async judge(probe) {
      for (const transport of ['sse', 'millrace.v1'] as const) {
        const feed = await probe.feed(PATH, transport, { query: { heartbeat: '1' } });
        const beat = await feed.until(`heartbeat by ${transport}`, 3_000, (all) =>
          all.find(({ type }) => type === 'heartbeat'),
        );
        expectShape(beat.cursor, cursorSchema, `the cursor of a heartbeat by ${transport}`);
      }
      for (const wrong of ['0', '61', 'x']) {
        expectEqual((await probe.ask(`${PATH}?heartbeat=${wrong}`)).status, 400, `the status for heartbeat=${wrong}`);
      }
    },
  },
  {
    name: 'page',
    words: 'JSON: `{"events":[…],"cursor":"…","upToDate":true}`.',
    async judge(probe) {
      const start = await headOf(probe);
      const { ids } = await publishEvents(probe, 3);
      const answer = await probe.ask(`${PATH}?cursor=${start}`);
      expectEqual(answer.status, 200, 'the status');
      const page = expectShape(answer.json(), pageSchema, 'the page');
      const shown = page.events.map((one) => idOf(one as FeedMessage));
      expectThat(
        ids.every((id) => shown.includes(id)),
        `the page after ${start} lacks events posted after it`,
      );
      expectEqual(page.cursor, page.events.at(-1)?.cursor, 'the cursor of the page');
    },
  },
  {
    name: 'long-poll',
    words: '`wait=` seconds for JSON (0–30): a page that would be empty waits for the next event.',
    async judge(probe) {
      const start = await headOf(probe);
      const waiting = probe.ask(`${PATH}?cursor=${start}&wait=10`);
      const { ids } = await publishEvents(probe, 1);
      const page = expectShape((await waiting).json(), pageSchema, 'the page that waited');
      expectThat(page.events.length > 0, 'the page that waited is empty although an event came');
      const first = await probe.ask(`${PATH}?cursor=${start}`);
      const shown = (first.json().events as FeedMessage[]).map(idOf);
      expectThat(shown.includes(ids[0]), 'the event is not after the position that was waited at');
      expectEqual((await probe.ask(`${PATH}?wait=31`)).status, 400, 'the status for wait=31');
    },
  },
  {
    name: 'same-on-all-transports',
    words: 'One URL, three transports. The same cursor works on all three.',
    async judge(probe) {
      const start = await headOf(probe);
      const { ids } = await publishEvents(probe, 5);
      const page = expectShape((await probe.ask(`${PATH}?cursor=${start}`)).json(), pageSchema, 'the page');
      const wanted = page.events.slice(0, 5).map(({ cursor }) => cursor);
      expectThat(page.events.length >= ids.length, `the page after ${start} has ${page.events.length} events, not 5`);
      for (const transport of STREAMING) {
        const feed = await probe.feed(PATH, transport, { query: { cursor: start } });
        const events = await feed.until(`five events by ${transport}`, LIMIT_MS, (all) => {
          const shown = all.filter(isEvent);
          return shown.length >= 5 && shown;
        });
        const found = events.slice(0, 5).map(({ cursor }) => cursor);
        expectEqual(found, wanted, `the cursors by ${transport}, against those of the page`);
      }
    },
  },
  {
    name: 'methods-and-types',
    words: 'One URL per feed, three transports: GET, and what is accepted decides.',
    async judge(probe) {
      const posted = await probe.post(PATH, {});
      expectEqual(posted.status, 405, 'the status for POST');
      const strange = await probe.ask(PATH, { headers: { accept: 'image/png' } });
      expectEqual(strange.status, 406, 'the status for Accept: image/png');
      for (const answer of [posted, strange]) expectShape(answer.json(), errorSchema, 'the error');
    },
  },
  {
    name: 'errors',
    words: 'Errors everywhere: `{"error":{"code","message","details?","traceId"}}`.',
    async judge(probe) {
      await expectError(probe, `${PATH}?cursor=nonsense`, 400);
      await expectError(probe, `/${probe.freshName()}/nowhere`, 404);
    },
  },
];

async function expectError(probe: Probe, path: string, status: number): Promise<void> {
  const answer = await probe.ask(path);
  expectEqual(answer.status, status, `the status of ${path}`);
  expectShape(answer.json(), errorSchema, `the error of ${path}`);
}
