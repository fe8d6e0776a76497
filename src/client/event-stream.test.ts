import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { EventMessage } from '../protocol/frames.ts';
import { createFeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
import type { FeedProblem } from './feed-problem.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number, heartbeatMs = 15_000) => ({ type: 'hello', cursor: cursor(seq), feed: 'x', heartbeatMs });
const event = (seq: number) => ({ type: 'event', cursor: cursor(seq), data: { id: seq } });

function liveFeed<Event = EventMessage>(options: Partial<FeedConnectionOptions<Event>> = {}) {
  const environment = new ScriptedEnvironment();
  const received: Event[] = [];
  const problems: FeedProblem[] = [];
  const connection = createFeedConnection<Event>({
    url: '/stream',
    transport: 'sse',
    eventTypes: ['event'],
    environment,
    onEvents: (events) => received.push(...events),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  connection.start();
  const stream = () => {
    const last = environment.streams.at(-1);
    if (!last) throw new Error('no stream was opened');
    return last;
  };
  stream().send(hello(10));
  return { environment, connection, received, problems, stream, name: () => connection.status().name };
}

describe('a feed read by server-sent events', () => {
  it('listens to its own types besides those of the protocol', () => {
    const { stream, name } = liveFeed();
    expect(stream().url).toBe('http://millrace.test/stream?cursor=latest');
    expect(stream().options.eventTypes).toEqual(['hello', 'heartbeat', 'reset', 'close', 'event']);
    expect(name()).toBe('live');
  });

  it('asks for every type when it does not know its own', () => {
    const environment = new ScriptedEnvironment();
    createFeedConnection({ url: '/stream', transport: 'sse', environment, onEvents: () => {} }).start();
    expect(environment.streams[0]?.options.eventTypes).toBeUndefined();
  });

  it('delivers rows wherever they stand, and moves on with the last of them only', () => {
    const { stream, received, connection, name } = liveFeed({ eventTypes: ['event', 'row'] });
    const row = (value: number, at: number, asOf: number) => ({
      type: 'row',
      value,
      as_of: cursor(asOf),
      cursor: cursor(at),
    });
    stream().send(row(1, 10, 12));
    stream().send(row(2, 9, 12));
    stream().send(event(11));
    stream().send(row(3, 10, 12));
    expect(connection.cursor()).toBe(cursor(11));
    stream().send(row(4, 12, 12));
    expect(connection.cursor()).toBe(cursor(12));
    stream().send(event(11));
    stream().send(event(13));
    expect(received.map((message) => message.value ?? message.cursor)).toEqual([1, 2, cursor(11), 3, 4, cursor(13)]);
    expect([name(), connection.cursor()]).toEqual(['live', cursor(13)]);
  });

  it('moves on by the ids, drops repeats, and gives its cursor in the URL when it opens the stream again', async () => {
    const { environment, stream, received, connection } = liveFeed();
    stream().send(event(11));
    stream().send(event(12));
    stream().send(event(12));
    stream().sendText('heartbeat', cursor(15), '{"at":"2026-01-01T00:00:00Z"}');
    expect(connection.cursor()).toBe(cursor(15));
    stream().end();
    await environment.advance(1_000);
    expect(stream().url).toBe(`http://millrace.test/stream?cursor=${cursor(15)}`);
    stream().send(hello(15));
    stream().send(event(15));
    stream().send(event(16));
    expect(received.map((message) => message.cursor)).toEqual([11, 12, 16].map(cursor));
  });

  it('takes the cursor from the id where the data has none', () => {
    const { stream, received } = liveFeed();
    stream().sendText('event', cursor(11), '{"service":"orders"}');
    expect(received).toEqual([{ type: 'event', cursor: cursor(11), service: 'orders' }]);
  });

  it('reports what it cannot read and goes on', () => {
    const { stream, received, problems } = liveFeed();
    stream().sendText('event', cursor(11), '{"half":');
    stream().sendText('event', undefined, '"text"');
    stream().send(event(12));
    expect(problems.map((problem) => problem.kind)).toEqual(['invalid_frame', 'invalid_frame']);
    expect(received.map((message) => message.cursor)).toEqual([cursor(12)]);
  });

  it('loads the snapshot again at a reset and at a hello from another log', async () => {
    let snapshots = 0;
    const environment = new ScriptedEnvironment();
    const connection = createFeedConnection({
      url: '/stream',
      transport: 'sse',
      environment,
      snapshot: async () => {
        snapshots += 1;
        return cursor(10);
      },
      onEvents: () => {},
    });
    connection.start();
    await environment.settle();
    environment.streams[0]?.send(hello(10));
    environment.streams[0]?.send(event(11));
    environment.streams[0]?.sendText('reset', 'f.9.t', '{"type":"reset","reason":"epoch_changed","cursor":"f.9.t"}');
    await environment.settle();
    expect(snapshots).toBe(2);
    environment.streams[1]?.send({ ...hello(1), cursor: 'f.1.t' });
    await environment.advance(1_000);
    expect(snapshots).toBe(3);
  });

  it('closes a stream without a heartbeat for 30 s, or for twice the announced interval', async () => {
    const { environment, stream, name } = liveFeed();
    await environment.advance(29_999);
    expect(name()).toBe('live');
    await environment.advance(1);
    expect(stream().isClosed).toBe(true);
    expect(name()).toBe('reconnecting');
    await environment.advance(1_000);
    stream().send(hello(10, 2_000));
    await environment.advance(3_999);
    expect(name()).toBe('live');
    await environment.advance(1);
    expect(name()).toBe('reconnecting');
  });

  it('counts 30 s of silence where no interval is announced', async () => {
    const { environment, stream, name } = liveFeed();
    stream().end();
    await environment.advance(1_000);
    stream().send(hello(10, 0));
    await environment.advance(29_999);
    expect(name()).toBe('live');
    await environment.advance(1);
    expect(name()).toBe('reconnecting');
  });

  it('stops asking when the stream is refused', async () => {
    const { environment, stream, name } = liveFeed();
    stream().end(4001);
    await environment.advance(600_000);
    expect(name()).toBe('unauthorized');
    expect(environment.streams).toHaveLength(1);
  });

  it('is what a runtime without WebSocket gets', () => {
    const environment = new ScriptedEnvironment();
    environment.openSocket = undefined;
    createFeedConnection({ url: '/stream', environment, onEvents: () => {} }).start();
    expect(environment.streams[0]?.url).toBe('http://millrace.test/stream?cursor=latest');
  });

  it('leaves nothing running after stop', () => {
    const { environment, connection } = liveFeed();
    connection.stop();
    expect(environment.leftovers).toBe(0);
  });
});

describe('the validation of payloads', () => {
  const schema = z.object({ cursor: z.string(), data: z.object({ id: z.number() }) });

  it('gives what parse makes of a message, reports and counts what it refuses, and goes on', () => {
    const refused: string[] = [];
    const { connection, stream, received, name } = liveFeed({
      parse: (message) => schema.parse(message).data.id,
      onInvalid: (message) => refused.push(message.cursor),
    });
    stream().send(event(11));
    stream().send({ ...event(12), data: 'nonsense' } as unknown as ReturnType<typeof event>);
    stream().send(event(13));
    expect(received).toEqual([11, 13]);
    expect(refused).toEqual([cursor(12)]);
    expect(connection.invalidCount()).toBe(1);
    expect(connection.cursor()).toBe(cursor(13));
    expect(name()).toBe('live');
  });

  it('survives an onInvalid that throws', () => {
    const { connection, stream, problems, name } = liveFeed({
      parse: () => {
        throw new Error('never right');
      },
      onInvalid: () => {
        throw new Error('broken page');
      },
    });
    stream().send(event(11));
    expect(problems.map((problem) => problem.kind)).toEqual(['handler_failed']);
    expect(connection.invalidCount()).toBe(1);
    expect(name()).toBe('live');
  });
});
