import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, seqOf } from '../src/protocol/cursor.ts';
import { type EngineSystem, engineSystem } from './support/engine-system.ts';
import { getPage, openSocket, openSse } from './support/feed-peers.ts';
import { showFigures } from './support/figures.ts';
import { type Message, readRawFeed, TRANSPORTS, type Transport } from './support/raw-feed.ts';
import { testSeed } from './support/seeded-random.ts';
import { TALLY_FEED } from './support/tally-feed.ts';

const CHANNELS = ['red', 'green', 'blue', 'grey'] as const;
const RUNS = 12;
/** A reader that hears nothing for this long has lost something. */
const STALL_MS = 5_000;

const system = () =>
  engineSystem({
    feed: TALLY_FEED,
    log: { entry: new URL('./support/tally-writer.ts', import.meta.url), tail: { maxRecords: 64 } },
  });

interface Connection {
  readonly transport: Transport;
  /** Messages after which the connection is dropped. */
  readonly messages: number;
}

interface Schedule {
  readonly appends: readonly { readonly channel: (typeof CHANNELS)[number]; readonly size: number }[];
  readonly readers: readonly { readonly view: 'rows' | 'both'; readonly connections: readonly Connection[] }[];
}

const schedules: fc.Arbitrary<Schedule> = fc.record({
  appends: fc.array(fc.record({ channel: fc.constantFrom(...CHANNELS), size: fc.integer({ min: 1, max: 30 }) }), {
    minLength: 5,
    maxLength: 40,
  }),
  readers: fc.array(
    fc.record({
      view: fc.constantFrom('rows' as const, 'both' as const),
      connections: fc.array(
        fc.record({ transport: fc.constantFrom(...TRANSPORTS), messages: fc.integer({ min: 1, max: 25 }) }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
    { minLength: 2, maxLength: 6 },
  ),
});

/** Reads until `isDone`, over the connections given and then over the first one's transport. */
async function follow(
  url: URL,
  connections: readonly Connection[],
  start: string,
  isDone: (message: Message) => boolean,
): Promise<void> {
  let cursor = start;
  let done = false;
  for (let index = 0; !done; index += 1) {
    const { transport, messages } = connections[index] ?? {
      transport: connections[0]?.transport ?? 'sse',
      messages: Infinity,
    };
    let left = messages;
    const stalled = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALL_MS);
    };
    watch();
    cursor = await readRawFeed({
      url: url.href,
      transport,
      cursor,
      signal: stalled.signal,
      onEvent(message) {
        watch();
        done = isDone(message);
        left -= 1;
        return !done && left > 0;
      },
    });
    clearTimeout(timer);
    if (stalled.signal.aborted) return;
  }
}

async function run({ appends, readers }: Schedule) {
  await using engine = await system();
  const start = formatCursor(engine.log.head());
  const totals = new Map<string, number>();
  for (const { channel, size } of appends) totals.set(channel, (totals.get(channel) ?? 0) + size);
  const total = [...totals.values()].reduce((sum, size) => sum + size, 0);

  const reading = readers.map(async ({ view, connections }) => {
    const url = new URL(engine.url);
    url.searchParams.set('view', view);
    const messages: Message[] = [];
    const known = new Map<unknown, unknown>();
    let events = 0;
    await follow(url, connections, start, (message) => {
      messages.push(message);
      if (message.type === 'tally') known.set(message.channel, message.events);
      else events += 1;
      const hasRows = [...totals].every(([channel, count]) => known.get(channel) === count);
      return hasRows && (view === 'rows' || events >= total);
    });
    return messages;
  });
  const appended = await Promise.all(
    appends.map(async ({ channel, size }, index) => {
      for (let ticks = (index % 5) * 3; ticks > 0; ticks -= 1) await new Promise(setImmediate);
      return (await engine.append(channel, ...Array.from({ length: size }, (_, event) => `${index}.${event}`))).records;
    }),
  );
  const stored = appended.flat().sort((left, right) => left.seq - right.seq);
  return { stored, totals, received: await Promise.all(reading) };
}

test('through any mix of drops and transports the rows end up exact, and each is exact as of its position', async () => {
  const seed = testSeed();
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const { stored, totals, received } = await run(schedule);
      for (const [index, messages] of received.entries()) {
        const last = new Map<unknown, unknown>();
        for (const { type, channel, events, as_of } of messages) {
          if (type !== 'tally') continue;
          rows += 1;
          const asOf = seqOf(String(as_of)) ?? -1;
          expect(events).toBe(stored.filter((record) => record.channel === channel && record.seq <= asOf).length);
          last.set(channel, events);
        }
        expect(Object.fromEntries(last)).toEqual(Object.fromEntries(totals));
        if (schedule.readers[index]?.view === 'rows') continue;
        const said = messages.filter(({ type }) => type === 'said').map(({ text }) => text);
        expect(said).toEqual(stored.map(({ body }) => JSON.parse(body).text));
      }
    }),
    { seed, numRuns: RUNS, endOnFailure: true },
  );
  showFigures({
    promise: 'P6',
    about: 'rows compared with a count of the log',
    figures: { seed, schedules: RUNS, rows },
  });
});

test('a feed of rows gives a millrace.v1 client one batch with all that changed since its cursor', async () => {
  await using engine = await system();
  await engine.append('red', 'one');
  const start = formatCursor(engine.log.head());
  await engine.append('blue', 'two', 'three');
  await engine.append('green', 'four');
  const head = formatCursor(engine.log.head());
  using client = await openSocket(engine, { query: `?view=rows&cursor=${start}`, protocols: ['millrace.v1'] });
  await expect.poll(() => client.frames.length).toBe(2);
  expect(client.frames[1]).toEqual({
    type: 'batch',
    from: start,
    to: head,
    events: [
      { type: 'tally', channel: 'blue', events: 2, as_of: head, cursor: start },
      { type: 'tally', channel: 'green', events: 1, as_of: head, cursor: head },
    ],
  });
});

test('rows beside events come when a client joins, and don’t move its position', async () => {
  await using engine = await system();
  await engine.append('red', 'one', 'two');
  const head = formatCursor(engine.log.head());
  using client = await openSocket(engine, { query: '?view=both', protocols: ['millrace.v1'] });
  using stream = await openSse(engine, { query: '?view=both' });
  const row = { type: 'tally', channel: 'red', events: 2, as_of: head, cursor: head };
  await expect.poll(() => client.frames.length).toBe(2);
  expect(client.frames[1]).toEqual({ type: 'batch', from: head, to: head, events: [row] });
  await expect.poll(() => stream.text).toContain(`event: tally\nid: ${head}\ndata: ${JSON.stringify(row)}\n`);
});

test('a page of a feed of events has all rows beside it, whatever its cursor', async () => {
  await using engine = await system();
  await engine.append('red', 'one', 'two');
  const head = formatCursor(engine.log.head());
  const { body } = await getPage(engine, `?view=both&cursor=${head}`);
  expect(body).toEqual({
    events: [{ type: 'tally', channel: 'red', events: 2, as_of: head, cursor: head }],
    from: head,
    cursor: head,
    upToDate: true,
  });
});

test('a client that waits for a page is told of rows that changed without an event of the feed', async () => {
  await using engine = await system();
  await engine.append('red', 'one');
  const head = formatCursor(engine.log.head());
  const waiting = getPage(engine, `?view=rows&cursor=${head}&wait=10`);
  await expect.poll(() => isWaiting(engine)).toBe(true);
  await engine.append('red', 'two');
  expect((await waiting).body.events).toMatchObject([{ channel: 'red', events: 2 }]);
});

/** Whether a page is held back. */
async function isWaiting({ metrics }: EngineSystem): Promise<boolean> {
  const { values } = await metrics.readers.get();
  return values.some(({ value, labels }) => labels.transport === 'poll' && value === 1);
}

test('a row changes at most four times a second for a client, however fast its value does', async () => {
  await using engine = await system();
  using client = await openSocket(engine, { query: '?view=rows' });
  await expect.poll(() => engine.feeds.readers.size).toBe(1);
  const startedAt = performance.now();
  let appended = 0;
  while (performance.now() - startedAt < 1_100) {
    await engine.append('red', `${appended}`);
    appended += 1;
  }
  await expect.poll(() => client.frames.at(-1)?.events).toBe(appended);
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(client.frames.length).toBeLessThanOrEqual(2 + Math.ceil(4 * seconds));
});
