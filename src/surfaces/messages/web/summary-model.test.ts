import { expect, test } from 'vitest';
import { deferred } from '../../../react/testing/deferred.ts';
import type { LiveMessage, Metrics } from '../events.ts';
import { toSummary } from './summary.ts';
import { CHANNELS } from './summary-kind.ts';
import type { SummaryPage } from './summary-list.ts';
import { createSummaryModel, REORDER_MS } from './summary-model.ts';
import { type SummaryQuery, summaryQuery } from './summary-search.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const never = new AbortController().signal;

function channel(name: string, message_count: number) {
  return { channel: name, message_count, first_message_at: null, last_message_at: null, activity: [] };
}

function live(name: string, count: number, seq: number, change: { unavailable?: 'keep' } = {}): LiveMessage {
  return { type: 'channel', ...channel(name, count), cursor: cursor(seq), as_of: cursor(seq), ...change };
}

function page(seq: number, rows: readonly [string, number][], total = rows.length): SummaryPage {
  const summaries = rows.map(([name, count]) => toSummary(channel(name, count), seq));
  return { rows: summaries, total, cursor: cursor(seq), asOf: seq };
}

function metrics(seq: number, total_channels: number): Metrics {
  return { total_messages: 100, total_channels, total_users: 3, last_message_at: null, cursor: cursor(seq) };
}

function scene() {
  const asked: { query: SummaryQuery; signal: AbortSignal; answer: ReturnType<typeof deferred<SummaryPage>> }[] = [];
  const timers = new Set<() => void>();
  const painted = new Set<() => void>();
  let totals = metrics(10, 2);
  let at = 0;
  let shown = 0;
  const model = createSummaryModel({
    kind: CHANNELS,
    query: summaryQuery({}),
    now: () => at,
    frames(action) {
      painted.add(action);
      return () => painted.delete(action);
    },
    schedule(delayMs, action) {
      expect(delayMs).toBe(REORDER_MS);
      timers.add(action);
      return () => timers.delete(action);
    },
    api: {
      metrics: async () => totals,
      page(query, signal) {
        const answer = deferred<SummaryPage>();
        asked.push({ query, signal, answer });
        return answer.promise;
      },
    },
  });
  model.subscribe(() => {
    shown += 1;
  });
  const run = (actions: Set<() => void>) => {
    for (const action of [...actions]) {
      actions.delete(action);
      action();
    }
  };
  return {
    model,
    asked,
    timers,
    setTotals(next: Metrics) {
      totals = next;
    },
    times: () => shown,
    paint: () => run(painted),
    second() {
      at += 1_000;
      run(timers);
    },
    shown: () => model.view().rows.map(({ name, messageCount }) => [name, messageCount]),
    async load(first: SummaryPage) {
      const cursor = model.loadSnapshot(never);
      asked.at(-1)?.answer.resolve(first);
      return cursor;
    },
  };
}

test('the list is loaded, and tailed from the earlier of the two positions it was read at', async () => {
  const { model, load, shown } = scene();
  expect(model.view().phase).toBe('loading');
  expect(await load(page(12, [['a', 5]]))).toBe(cursor(10));
  expect(model.view()).toMatchObject({ phase: 'ready', total: 1, isComplete: true, metrics: { total_channels: 2 } });
  expect(shown()).toEqual([['a', 5]]);
});

test('a burst of rows is folded in once per frame', async () => {
  const { model, load, paint, shown, times } = scene();
  await load(
    page(10, [
      ['a', 5],
      ['b', 3],
    ]),
  );
  const before = times();
  for (let count = 6; count <= 500; count += 1) model.receive([live('a', count, count + 10)]);
  expect(times()).toBe(before);
  paint();
  expect(times()).toBe(before + 1);
  expect(shown()).toEqual([
    ['a', 500],
    ['b', 3],
  ]);
});

test('rows move at most once a second, and not while somebody points at them', async () => {
  const { model, load, paint, second, shown, timers } = scene();
  await load(
    page(10, [
      ['a', 5],
      ['b', 3],
    ]),
  );
  model.receive([live('b', 9, 11)]);
  paint();
  expect(shown()).toEqual([
    ['a', 5],
    ['b', 9],
  ]);
  expect(timers.size).toBe(1);
  second();
  expect(shown()[0]).toEqual(['b', 9]);
  model.hold(true);
  model.receive([live('a', 20, 12)]);
  paint();
  second();
  expect(shown()).toEqual([
    ['b', 9],
    ['a', 20],
  ]);
  expect(model.view()).toMatchObject({ isHeld: true, isOutOfOrder: true });
  model.hold(false);
  expect(shown()[0]).toEqual(['a', 20]);
});

test('what the feed gives while another order is loading stands on top of an answer that is older', async () => {
  const { model, load, asked, paint, shown } = scene();
  await load(page(10, [['a', 5]], 50));
  model.setQuery(summaryQuery({ sort: 'name' }));
  expect(model.view()).toMatchObject({ isLoading: true, query: { sort: 'messages' } });
  model.receive([live('a', 9, 20), live('b', 7, 14)]);
  paint();
  model.receive([live('a', 10, 21)]);
  asked.at(-1)?.answer.resolve(
    page(15, [
      ['a', 6],
      ['b', 8],
    ]),
  );
  await expect.poll(() => model.view().isLoading).toBe(false);
  expect(model.view().query.sort).toBe('name');
  expect(shown()).toEqual([
    ['a', 10],
    ['b', 8],
  ]);
});

test('a list of everything is put into another order without the server', async () => {
  const { model, load, asked, shown } = scene();
  await load(
    page(10, [
      ['b', 5],
      ['a', 3],
    ]),
  );
  model.setQuery(summaryQuery({ sort: 'name' }));
  expect(asked).toHaveLength(1);
  expect(shown().map(([name]) => name)).toEqual(['a', 'b']);
});

test('a search that comes while the connection waits for the first answer is what the connection waits for', async () => {
  const { model, asked } = scene();
  const snapshot = model.loadSnapshot(never);
  model.setQuery(summaryQuery({ q: 'a' }));
  expect(asked[0]?.signal.aborted).toBe(true);
  asked[0]?.answer.reject(new DOMException('aborted', 'AbortError'));
  asked[1]?.answer.resolve(page(11, [['a', 1]]));
  expect(await snapshot).toBe(cursor(10));
  expect(model.view()).toMatchObject({ query: { q: 'a' }, phase: 'ready' });
});

test('a list that cannot be loaded says why; one that cannot be loaded again keeps its rows', async () => {
  const { model, asked, load, shown } = scene();
  const failing = model.loadSnapshot(never);
  asked.at(-1)?.answer.reject(new Error('The server answered 500.'));
  await expect(failing).rejects.toThrow('500');
  expect(model.view()).toMatchObject({ phase: 'failed', failure: { error: { message: 'The server answered 500.' } } });
  await load(page(10, [['a', 5]]));
  expect(model.view()).toMatchObject({ phase: 'ready', failure: undefined });
  const again = model.refresh();
  asked.at(-1)?.answer.reject(new Error('The server answered 503.'));
  await again;
  expect(model.view()).toMatchObject({ phase: 'ready', failure: { error: { message: 'The server answered 503.' } } });
  expect(shown()).toEqual([['a', 5]]);
});

test('totals are the newest ones, whatever the order they come in', async () => {
  const { model, load, paint } = scene();
  await load(page(10, [['a', 5]]));
  const row = (seq: number, total_channels: number): LiveMessage => ({
    type: 'metrics',
    ...metrics(seq, total_channels),
    as_of: cursor(seq),
  });
  model.receive([row(12, 7), row(11, 6)]);
  paint();
  expect(model.view().metrics).toMatchObject({ total_channels: 7 });
});

test('after a stop, no frame and no timer is left', async () => {
  const { model, load, paint, timers, shown } = scene();
  await load(
    page(10, [
      ['a', 5],
      ['b', 3],
    ]),
  );
  model.receive([live('b', 9, 11)]);
  paint();
  model.receive([live('b', 10, 12)]);
  model.stop();
  expect(timers.size).toBe(0);
  paint();
  expect(shown()[1]).toEqual(['b', 9]);
});
