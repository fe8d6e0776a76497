import { describe, expect, it } from 'vitest';
import type { ServerFrame } from '../../protocol/frames.ts';
import { DEFAULT_RECONNECT_POLICY } from '../../protocol/reconnect-policy.ts';
import { type FeedTransport, RefusedFeed } from './feed-transport.ts';
import { type FeedNews, followFeed } from './follow-feed.ts';

type Step = ServerFrame | 'silence' | Error;

const at = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number): ServerFrame => ({ type: 'hello', cursor: at(seq), feed: 'f', heartbeatMs: 5_000 });
const batch = (from: number, to: number): ServerFrame => ({
  type: 'batch',
  from: at(from),
  to: at(to),
  events: Array.from({ length: to - from }, (_, index) => ({ type: 'event', cursor: at(from + index + 1) })),
});

/** Plays one list of steps per connection; the clock only moves when something sleeps to its end. */
async function play(connections: readonly (readonly Step[])[], cursor = 'latest') {
  const asked: string[] = [];
  const sleeps: number[] = [];
  const stop = new AbortController();
  const quiet = Promise.withResolvers<void>();
  let isSilent = false;
  const transport: FeedTransport = async function* ({ cursor: from }) {
    asked.push(from);
    for (const step of connections[asked.length - 1] ?? []) {
      if (step === 'silence') {
        isSilent = true;
        quiet.resolve();
        await new Promise(() => {});
      } else if (step instanceof Error) throw step;
      else yield step;
    }
    throw new Error('closed');
  };
  const news: FeedNews[] = [];
  const feed = followFeed({
    transport,
    url: 'http://x/f',
    cursor,
    policy: DEFAULT_RECONNECT_POLICY,
    signal: stop.signal,
    now: () => 0,
    random: () => 0.5,
    async sleep(ms, signal) {
      const isBackOff = signal === stop.signal;
      if (isBackOff) {
        sleeps.push(ms);
        if (asked.length === connections.length) stop.abort();
        return;
      }
      // A watchdog: it only ever fires while the connection says nothing.
      await quiet.promise;
      if (!isSilent || signal.aborted) return;
      sleeps.push(ms);
      isSilent = false;
    },
  });
  for await (const item of feed) news.push(item);
  return { news, asked, sleeps };
}

const cursorsOf = (news: readonly FeedNews[]) =>
  news.flatMap((item) => (item.kind === 'events' ? item.events.map((event) => event.cursor) : []));

describe('followFeed', () => {
  it('joins where it was told and resumes where it stopped', async () => {
    const { news, asked } = await play([
      [hello(3), batch(3, 5)],
      [hello(5), batch(5, 6)],
    ]);
    expect(asked).toEqual(['latest', at(5)]);
    expect(cursorsOf(news)).toEqual([at(4), at(5), at(6)]);
    expect(news.map(({ kind }) => kind)).toEqual(['connected', 'events', 'lost', 'connected', 'events', 'lost']);
  });

  it('resumes from hello when no event came', async () => {
    const { asked } = await play([[hello(3)], [hello(3)]]);
    expect(asked).toEqual(['latest', at(3)]);
  });

  it('remembers how far a heartbeat says the feed was read', async () => {
    const heartbeat: ServerFrame = { type: 'heartbeat', cursor: at(9), at: '' };
    const { asked, news } = await play([[hello(3), heartbeat], [hello(9)]]);
    expect(asked[1]).toBe(at(9));
    expect(cursorsOf(news)).toEqual([]);
  });

  it('drops what it has already shown', async () => {
    const { news } = await play([[hello(3), batch(3, 5), batch(4, 6)]]);
    expect(cursorsOf(news)).toEqual([at(4), at(5), at(6)]);
  });

  it('connects again rather than leave a gap', async () => {
    const { news, asked } = await play([
      [hello(3), batch(3, 4), batch(7, 8)],
      [hello(4), batch(4, 8)],
    ]);
    expect(asked[1]).toBe(at(4));
    expect(cursorsOf(news)).toEqual([4, 5, 6, 7, 8].map(at));
  });

  it('says when events are missing and goes on from there', async () => {
    const reset: ServerFrame = { type: 'reset', reason: 'cursor_expired', cursor: at(50) };
    const { news, asked } = await play([[hello(3), reset, batch(50, 51)], [hello(51)]], at(3));
    expect(news).toContainEqual({ kind: 'reset', reason: 'cursor_expired', cursor: at(50) });
    expect(cursorsOf(news)).toEqual([at(51)]);
    expect(asked).toEqual([at(3), at(51)]);
  });

  it('backs off 1, 2, 4, 8, 16, 30 s and starts again after a success', async () => {
    const down = [new Error('refused')];
    const { sleeps } = await play([down, down, down, down, down, down, down, [hello(1)], down]);
    expect(sleeps).toEqual([1, 2, 4, 8, 16, 30, 30, 1, 2].map((seconds) => seconds * 1_000));
  });

  it('gives up a connection that is silent for more than two heartbeats and the grace', async () => {
    const { sleeps, asked, news } = await play([[hello(3), 'silence'], [hello(3)]]);
    expect(sleeps[0]).toBe(2 * 5_000 + 10_000);
    expect(asked).toEqual(['latest', at(3)]);
    expect(news[1]).toMatchObject({ kind: 'lost', reason: 'nothing was heard for 20 s' });
  });

  it('ends when the server refuses the feed', async () => {
    await expect(play([[new RefusedFeed('HTTP 404')]])).rejects.toThrow(RefusedFeed);
  });
});
