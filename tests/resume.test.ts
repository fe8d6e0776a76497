import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Log } from '../src/engine/log/log.ts';
import type { ReadStep } from '../src/engine/reader.ts';
import { formatCursor } from '../src/protocol/cursor.ts';
import { engineSystem } from './support/engine-system.ts';
import { showFigures } from './support/figures.ts';
import { type Message, readRawFeed, TRANSPORTS, type Transport } from './support/raw-feed.ts';
import { testSeed } from './support/seeded-random.ts';

/** A reader that has received nothing for this long, although all was appended, has lost its wake-up. */
const STALL_MS = 1_500;
const SCHEDULES = Number(process.env.MILLRACE_TEST_SCHEDULES ?? 40);
const CHANNELS = ['red', 'green', 'blue'] as const;

interface Connection {
  readonly transport: Transport;
  /** Events after which the connection is dropped. */
  readonly events: number;
}

interface Schedule {
  /** Sizes and channels of the appends, started without waiting for each other. */
  readonly appends: readonly { readonly channel: (typeof CHANNELS)[number]; readonly size: number }[];
  readonly readers: readonly {
    readonly channel: (typeof CHANNELS)[number] | undefined;
    /** Used one after the other; the last one again until everything has come. */
    readonly connections: readonly Connection[];
  }[];
}

const connection = fc.record({ transport: fc.constantFrom(...TRANSPORTS), events: fc.integer({ min: 1, max: 60 }) });
const schedules: fc.Arbitrary<Schedule> = fc.record({
  appends: fc.array(fc.record({ channel: fc.constantFrom(...CHANNELS), size: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 5,
    maxLength: 40,
  }),
  readers: fc.array(
    fc.record({
      channel: fc.constantFrom(undefined, ...CHANNELS),
      connections: fc.array(connection, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
});

/** Makes every read of the log take a moment, at the head too, so that commits fall between reading and sleeping. */
function slowReads(log: Log): Log {
  let turn = 0;
  return new Proxy(log, {
    get(target, name) {
      if (name === 'read') {
        return async (after: number, limit: number) => {
          const found = await target.read(after, limit);
          turn += 1;
          for (let ticks = turn % 7; ticks > 0; ticks -= 1) await new Promise(setImmediate);
          return found;
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Tells readers of an append before it is committed: they look, find nothing, and sleep again. */
function wakesBeforeCommit(log: Log): Log {
  const listeners = new Set<() => void>();
  return new Proxy(slowReads(log), {
    get(target, name) {
      if (name === 'onCommit') {
        return (listener: () => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        };
      }
      if (name === 'append') {
        return (...args: Parameters<Log['append']>) => {
          for (const listener of listeners) listener();
          return target.append(...args);
        };
      }
      return Reflect.get(target, name);
    },
  });
}

/** What of the engine is replaced; by default nothing but the speed of its reads. */
interface Engine {
  readonly readStep?: ReadStep;
  readonly wrapLog?: (log: Log) => Log;
}

/** What each reader of the schedule received, against what it should have. */
async function run(schedule: Schedule, { readStep, wrapLog = slowReads }: Engine) {
  await using system = await engineSystem({ wrapLog, ...(readStep ? { readStep } : {}) });
  const start = formatCursor(system.log.head());
  const total = (channel: string | undefined) =>
    schedule.appends
      .filter((append) => channel === undefined || append.channel === channel)
      .reduce((sum, { size }) => sum + size, 0);

  const reading = schedule.readers.map(async ({ channel, connections }) => {
    const received: Message[] = [];
    const url = new URL(system.url);
    if (channel) url.searchParams.set('channel', channel);
    let cursor = start;
    for (let index = 0; received.length < total(channel); index += 1) {
      const { transport, events } = connections[index] ?? {
        transport: connections[0]?.transport ?? 'sse',
        events: Infinity,
      };
      const before = received.length;
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
          received.push(message);
          return received.length - before < events && received.length < total(channel);
        },
      });
      clearTimeout(timer);
      if (stalled.signal.aborted) break;
    }
    return received;
  });

  const appended = await Promise.all(
    schedule.appends.map(async ({ channel, size }, index) => {
      const texts = Array.from({ length: size }, (_, event) => `${index}.${event}`);
      for (let ticks = index % 5; ticks > 0; ticks -= 1) await new Promise(setImmediate);
      const { records } = await system.append(channel, ...texts);
      return records;
    }),
  );
  const stored = appended.flat().sort((left, right) => left.seq - right.seq);
  const received = await Promise.all(reading);
  return schedule.readers.map(({ channel }, index) => ({
    expected: stored
      .filter((record) => channel === undefined || record.channel === channel)
      .map((record) => JSON.parse(record.body).text as string),
    received: (received[index] ?? []).map((message) => message.text),
  }));
}

/** Looks for a schedule after which some reader has not received exactly what was appended. */
async function search(about: string, numRuns: number, engine: Engine = {}) {
  const seed = testSeed();
  let events = 0;
  let connections = 0;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const histories = await run(schedule, engine);
    events += histories.reduce((sum, { received }) => sum + received.length, 0);
    connections += schedule.readers.reduce((sum, reader) => sum + reader.connections.length, 0);
    for (const { received, expected } of histories) expect(received).toEqual(expected);
  });
  const { failed, numRuns: runs, errorInstance } = await fc.check(property, { seed, numRuns, endOnFailure: true });
  showFigures({ promise: 'P3', about, figures: { seed, schedules: runs, connections, events, failed } });
  return { failed, error: errorInstance };
}

test('readers that drop, filter and switch transports at random see every event once, in order', async () => {
  expect(await search('random drops and transports', SCHEDULES)).toEqual({ failed: false, error: null });
});

/** Some reader did not receive what was appended, and nothing else went wrong. */
const LOST = { failed: true, error: { message: expect.stringContaining('to deeply equal') } };

test('negative control: the same search finds lost events when a reader registers after its read', async () => {
  // The order that looks harmless: "nothing there, so now wait".
  const readThenWait: ReadStep = async (wait, read) => {
    const found = await read();
    await new Promise(setImmediate);
    wait();
    return found;
  };
  // Which schedule it is that fails depends on the machine; the search ends with the first one.
  expect(await search('negative control, attach after read', 400, { readStep: readThenWait })).toMatchObject({
    failed: true,
  });
});

test('negative control: the same search finds lost events when readers are woken before the commit', async () => {
  const engine = { wrapLog: wakesBeforeCommit };
  expect(await search('negative control, wake before commit', 400, engine)).toMatchObject(LOST);
});
