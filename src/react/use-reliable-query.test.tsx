import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { LiveFeed } from './live-feed.ts';
import { deferred } from './testing/deferred.ts';
import { cursor, hello, hookScene } from './testing/hook-scene.tsx';
import { useLiveFeed } from './use-live-feed.ts';
import { useReliableQuery } from './use-reliable-query.ts';

interface Sum {
  readonly sum: number;
  readonly cursor: string;
}

const feed: LiveFeed<number> = {
  url: '/numbers',
  transport: 'sse',
  parse: (message) => Number(message.value),
  settings: { poll: { afterFailures: 5, everyMs: 20 } },
};
const number = (seq: number, value: number) => ({ type: 'number', cursor: cursor(seq), value });
const add = (data: Sum, events: readonly number[]) => ({
  ...data,
  sum: events.reduce((total, value) => total + value, data.sum),
});

/** A page over answers that the test gives one by one. */
function scene(update?: typeof add) {
  const it = hookScene();
  const answers: ReturnType<typeof deferred<Sum>>[] = [];
  const load = () => {
    const answer = deferred<Sum>();
    answers.push(answer);
    return answer.promise;
  };
  const Page = () => {
    const { data, isStale, connectionStatus, status } = useReliableQuery({
      feed,
      queryKey: ['sum'],
      queryFn: load,
      ...(update && { update }),
    });
    return <output>{`${data?.sum ?? status} ${isStale ? 'stale' : 'fresh'} ${connectionStatus}`}</output>;
  };
  return {
    ...it,
    answers,
    Page,
    shown: () => screen.getByRole('status').textContent,
    async answer(sum: number, seq: number) {
      answers.at(-1)?.resolve({ sum, cursor: cursor(seq) });
      await it.advance();
    },
  };
}

/** The page is shown, its stream is live, its first answer under way. */
async function liveScene(update?: typeof add) {
  const it = scene(update);
  const view = await it.show(<it.Page />);
  act(() => it.stream().send(hello(1)));
  await it.advance();
  return { ...it, view };
}

describe('useReliableQuery', () => {
  it('updates its data by the stream, and calls it fresh while connected', async () => {
    const { answer, stream, shown, advance, answers } = await liveScene(add);
    await answer(10, 1);
    act(() => stream().send(number(2, 5)));
    await advance();
    expect(shown()).toBe('15 fresh connected');
    expect(answers).toHaveLength(1);
  });

  it('does not drop an event that arrives before its first answer', async () => {
    const { answer, stream, shown } = await liveScene(add);
    act(() => stream().send(number(2, 5)));
    act(() => stream().send(number(3, 7)));
    await answer(15, 2);
    expect(shown()).toBe('22 fresh connected');
  });

  it('does not let an answer that was under way take back an event', async () => {
    const { answer, stream, shown, queryClient, advance } = await liveScene(add);
    await answer(10, 1);
    void queryClient.invalidateQueries({ queryKey: ['sum'] });
    await advance();
    act(() => stream().send(number(2, 5)));
    await advance();
    expect([shown(), queryClient.isFetching()]).toEqual(['15 fresh connected', 1]);
    await answer(10, 1);
    expect(shown()).toBe('15 fresh connected');
  });

  it('keeps what arrives while nothing but the feed is mounted, for data that was there before', async () => {
    const it = scene(add);
    const Feed = () => <i>{useLiveFeed(feed).connectionStatus}</i>;
    it.queryClient.setQueryData(['sum'], { sum: 10, cursor: cursor(1) });
    const view = await it.show(<Feed />);
    act(() => it.stream().send(hello(1)));
    act(() => it.stream().send(number(2, 5)));
    await view.show([<Feed key="feed" />, <it.Page key="page" />]);
    expect(it.shown()).toBe('15 fresh connected');
    expect(it.answers).toHaveLength(0);
  });

  it('takes every row that is as of its data or later, however many share a position, and no older one', async () => {
    const { answer, stream, shown, advance } = await liveScene(add);
    const row = (value: number, at: number, asOf: number) => ({ ...number(at, value), as_of: cursor(asOf) });
    act(() => stream().send(row(100, 1, 2)));
    await answer(10, 3);
    act(() => stream().send(row(5, 1, 4)));
    act(() => stream().send(row(7, 4, 4)));
    act(() => stream().send(row(200, 4, 3)));
    await advance();
    expect(shown()).toBe('22 fresh connected');
  });

  it('fetches again when an event arrives, where no update is given', async () => {
    const { answer, stream, shown, answers, advance } = await liveScene();
    await answer(10, 1);
    act(() => stream().send(number(2, 5)));
    await advance();
    expect(answers).toHaveLength(2);
    await answer(15, 2);
    expect(shown()).toBe('15 fresh connected');
  });

  it('fetches once more when an event arrived during a fetch', async () => {
    const { answer, stream, answers, advance } = await liveScene();
    act(() => stream().send(number(2, 5)));
    act(() => stream().send(number(3, 5)));
    await advance();
    expect(answers).toHaveLength(1);
    await answer(10, 1);
    expect(answers).toHaveLength(2);
    await answer(20, 3);
    expect(answers).toHaveLength(2);
  });

  it('applies an event once where two components show the same query', async () => {
    const it = scene(add);
    await it.show([<it.Page key="a" />, <it.Page key="c" />]);
    act(() => it.stream().send(hello(1)));
    await it.answer(10, 1);
    act(() => it.stream().send(number(2, 5)));
    await it.advance();
    expect(screen.getAllByRole('status').map((item) => item.textContent)).toEqual([
      '15 fresh connected',
      '15 fresh connected',
    ]);
    expect(it.answers).toHaveLength(1);
  });

  it('keeps its data and calls it stale while disconnected', async () => {
    const { answer, stream, shown, advance } = await liveScene(add);
    await answer(10, 1);
    act(() => stream().end());
    await advance();
    expect(shown()).toBe('10 stale reconnecting');
  });

  it('fetches again after a gap', async () => {
    const { answer, stream, shown, advance, answers } = await liveScene(add);
    await answer(10, 1);
    act(() => stream().send({ type: 'reset', cursor: cursor(9), reason: 'cursor_expired' } as never));
    await advance();
    expect(answers).toHaveLength(2);
    await answer(40, 9);
    expect(shown()).toMatch(/^40 /);
  });

  it('reports an error and keeps the data it had', async () => {
    const { answer, answers, stream, shown, advance } = await liveScene();
    await answer(10, 1);
    act(() => stream().send(number(2, 5)));
    await advance();
    answers.at(-1)?.reject(new Error('no'));
    await advance();
    expect(shown()).toBe('10 stale connected');
  });

  it('fetches again what was read before the stream was joined further on', async () => {
    const it = scene(add);
    await it.show(<it.Page />);
    await it.answer(10, 1);
    act(() => it.stream().send(hello(3)));
    await it.advance();
    expect(it.answers).toHaveLength(2);
    await it.answer(17, 3);
    expect([it.shown(), it.answers.length]).toEqual(['17 fresh connected', 2]);
  });

  it('fetches again when the stream was joined beyond an answer that was under way', async () => {
    const it = scene(add);
    await it.show(<it.Page />);
    act(() => it.stream().send(hello(3)));
    await it.answer(10, 1);
    expect(it.answers).toHaveLength(2);
  });

  it('fetches again data from before everything that the stream remembers', async () => {
    const it = scene(add);
    const Feed = () => <i>{useLiveFeed(feed).connectionStatus}</i>;
    it.queryClient.setQueryData(['sum'], { sum: 10, cursor: cursor(1) });
    const view = await it.show(<Feed />);
    act(() => it.stream().send(hello(4)));
    await view.show([<Feed key="feed" />, <it.Page key="page" />]);
    expect(it.answers).toHaveLength(1);
  });
});
