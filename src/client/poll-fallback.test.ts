import { describe, expect, it } from 'vitest';
import { STEADY_RECONNECT_POLICY } from '../protocol/reconnect-policy.ts';
import { DEFAULT_POLL_SETTINGS } from './connection-state.ts';
import { createFeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'reconciliation', heartbeatMs: 15_000 });
const update = (seq: number) => ({ type: 'reconciliation.update', cursor: cursor(seq), service: 'orders' });

/** A page on the feed of specs/001, live by server-sent events. */
async function livePage(options: Partial<FeedConnectionOptions> = {}) {
  const environment = new ScriptedEnvironment();
  const received: string[] = [];
  const connection = createFeedConnection({
    url: '/reconciliation/stream',
    transport: 'sse',
    eventTypes: ['reconciliation.update'],
    settings: { policy: STEADY_RECONNECT_POLICY, poll: DEFAULT_POLL_SETTINGS },
    environment,
    onEvents: (events) => received.push(...events.map((event) => event.cursor)),
    ...options,
  });
  const stream = () => {
    const last = environment.streams.at(-1);
    if (!last) throw new Error('no stream was opened');
    return last;
  };
  connection.start();
  await environment.settle();
  return { environment, connection, received, stream, name: () => connection.status().name };
}

describe('the poll fallback of specs/001 AC-2', () => {
  it.each([
    { chance: 0, share: 0.8 },
    { chance: 0.5, share: 1 },
    { chance: 0.999_999, share: 1.2 },
  ])('reconnects after 1, 2, 4, 8 and 16 s × $share and polls when the fifth fails', async ({ chance, share }) => {
    const { environment, stream, name, connection } = await livePage();
    environment.chance = chance;
    stream().send(hello(10));
    stream().end();
    for (const [index, delayMs] of [1_000, 2_000, 4_000, 8_000, 16_000].entries()) {
      expect(name()).toBe('reconnecting');
      const waited = (connection.status().nextRetryAt ?? 0) - environment.now();
      expect(waited).toBeCloseTo(delayMs * share, -1);
      await environment.advance(waited - 1);
      expect(environment.streams).toHaveLength(index + 1);
      await environment.advance(1.001);
      expect(environment.streams).toHaveLength(index + 2);
      stream().end();
    }
    expect(name()).toBe('polling');
  });

  it('polls every 10 s, keeps probing the stream at the capped delay, and returns to live without a repeat', async () => {
    let served = 10;
    const { environment, stream, name, received, connection } = await fallen((environment) => {
      environment.respond = () => {
        const from = cursor(served);
        served += 1;
        return Response.json({ events: [update(served)], from, cursor: cursor(served), upToDate: true });
      };
    });
    const polledAt = environment.requests.length;
    expect(polledAt).toBe(1);
    const streams = environment.streams.length;
    await environment.advance(20_000);
    expect(environment.requests).toHaveLength(3);
    expect(environment.streams).toHaveLength(streams);
    await environment.advance(10_000);
    expect(environment.streams).toHaveLength(streams + 1);
    expect(name()).toBe('polling');
    stream().end();
    await environment.advance(29_999);
    expect(environment.streams).toHaveLength(streams + 1);
    await environment.advance(1);
    // The poll that fell due together with the probe was answered after it: the stream repeats what the poll gave.
    expect(connection.cursor()).toBe(cursor(served));
    expect(stream().url).toContain(`cursor=${cursor(served - 1)}`);
    stream().send(hello(served - 1));
    expect(name()).toBe('live');
    const requests = environment.requests.length;
    stream().send(update(served));
    stream().send(update(served + 1));
    expect(received).toEqual(Array.from({ length: served - 9 }, (_, index) => cursor(11 + index)));
    for (let beat = 0; beat < 4; beat += 1) {
      await environment.advance(10_000);
      stream().send({ type: 'heartbeat', cursor: cursor(served + 1) });
    }
    expect(environment.requests).toHaveLength(requests);
  });

  it('shows no row of the stream that is older than those of a page that came while it was opened', async () => {
    let served = 10;
    const row = (seq: number) => ({ ...update(seq), as_of: cursor(seq) });
    const { environment, stream, received } = await fallen((environment) => {
      environment.respond = () => {
        const from = cursor(served);
        served += 5;
        return Response.json({ events: [row(served)], from, cursor: cursor(served), upToDate: true });
      };
    });
    await environment.advance(30_000);
    const first = served;
    expect(stream().url).toContain(`cursor=${cursor(first - 5)}`);
    stream().send(hello(first - 5));
    stream().send(row(first - 2));
    expect(received.at(-1)).toBe(cursor(first));
    stream().send(row(first));
    stream().send(row(first + 1));
    expect(received.slice(-2)).toEqual([cursor(first), cursor(first + 1)]);
  });

  it('begins the schedule anew when the stream is lost again', async () => {
    const { environment, connection, stream, name } = await fallen();
    connection.reconnect();
    stream().send(hello(10));
    expect(name()).toBe('live');
    stream().end();
    expect(connection.status()).toEqual({
      name: 'reconnecting',
      nextRetryAt: environment.now() + 1_000,
      failures: 1,
    });
  });

  it('asks at once for the rest of a page that was cut short', async () => {
    const answers = [
      { events: [update(11)], from: cursor(10), cursor: cursor(11), upToDate: false },
      { events: [update(12)], from: cursor(11), cursor: cursor(12), upToDate: true },
    ];
    const { environment, received } = await fallen((environment) => {
      environment.respond = () => Response.json(answers.shift());
    });
    expect(environment.requests).toHaveLength(2);
    expect(received).toEqual([cursor(11), cursor(12)]);
  });

  it('polls the state that it is given instead of the feed', async () => {
    let polls = 0;
    const { environment, connection, name } = await fallen(() => {}, {
      poll: async () => {
        polls += 1;
        return cursor(20 + polls);
      },
    });
    expect(connection.cursor()).toBe(cursor(21));
    await environment.advance(10_000);
    expect(connection.cursor()).toBe(cursor(22));
    expect(environment.requests).toEqual([]);
    expect(name()).toBe('polling');
  });

  it('polls the snapshot when the server was never reached, and opens the stream as soon as one comes', async () => {
    let isUp = false;
    const { environment, stream, name } = await livePage({
      snapshot: async () => {
        if (!isUp) throw new Error('no route');
        return cursor(40);
      },
    });
    await environment.advance(31_000);
    expect(name()).toBe('polling');
    await environment.advance(60_000);
    expect(environment.streams).toHaveLength(0);
    isUp = true;
    await environment.advance(10_000);
    expect(stream().url).toContain(`cursor=${cursor(40)}`);
    stream().send(hello(40));
    expect(name()).toBe('live');
  });
});

/** A page whose stream was lost and whose five reconnections failed. */
async function fallen(
  arrange: (environment: ScriptedEnvironment) => void = () => {},
  options: Partial<FeedConnectionOptions> = {},
) {
  const page = await livePage(options);
  arrange(page.environment);
  page.stream().send(hello(10));
  page.stream().end();
  for (const delayMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
    await page.environment.advance(delayMs);
    page.stream().end();
  }
  await page.environment.settle();
  return page;
}
