import { describe, expect, it } from 'vitest';
import type { LiveMessage, Message } from '../events.ts';
import { createHomeModel, LATEST } from './home-model.ts';
import { posted } from './testing/posted.ts';

const cursor = (seq: number) => `e.${seq}.t`;
const message = (item: Message): LiveMessage => ({ type: 'message', ...item, cursor: cursor(item.seq) });

function scene(stored: Message[]) {
  const frames: (() => void)[] = [];
  const signal = new AbortController().signal;
  const asOf = { metrics: stored.length };
  const model = createHomeModel({
    api: {
      page: async ({ limit }) => ({
        messages: stored.slice(-limit).toReversed(),
        total: stored.length,
        before: null,
        after: null,
        cursor: cursor(stored.length),
      }),
      metrics: async () => ({
        total_messages: asOf.metrics,
        total_channels: 1,
        total_users: 1,
        last_message_at: null,
        cursor: cursor(asOf.metrics),
      }),
    },
    frames: (action) => {
      frames.push(action);
      return () => frames.splice(frames.indexOf(action), 1);
    },
  });
  return {
    model,
    asOf,
    load: () => model.loadSnapshot(signal),
    refresh: () => model.refresh(signal),
    paint: () => {
      for (const action of frames.splice(0)) action();
    },
    seqs: () => model.view().latest.map(({ seq }) => seq),
  };
}

const many = (count: number, from = 1) => Array.from({ length: count }, (_, index) => posted({ seq: from + index }));

describe('createHomeModel', () => {
  it('continues from the older one of its two reads and knows what comes again', async () => {
    const stored = many(3);
    const { model, load, paint, seqs, asOf } = scene(stored);
    asOf.metrics = 2;
    expect(await load()).toBe(cursor(2));
    model.receive([message(posted({ seq: 3 })), message(posted({ seq: 4 }))]);
    paint();
    expect(seqs()).toEqual([1, 2, 3, 4]);
  });

  it('appends the latest messages in the order of their times and keeps so many at most', async () => {
    const { model, load, paint, seqs } = scene(many(LATEST));
    await load();
    model.receive([message(posted({ seq: 52, second: 300 })), message(posted({ seq: 51, second: 200 }))]);
    paint();
    expect(seqs()).toHaveLength(LATEST);
    expect(seqs().slice(-2)).toEqual([51, 52]);
  });

  it('shows the totals of the newest position, whether a row or a read brought them', async () => {
    const stored = many(3);
    const { model, load, refresh, paint, asOf } = scene(stored);
    await load();
    const row = {
      type: 'metrics',
      total_channels: 2,
      total_users: 2,
      last_message_at: null,
      cursor: cursor(9),
    } as const;
    model.receive([{ ...row, total_messages: 9, as_of: cursor(9) }]);
    paint();
    await refresh();
    expect(model.view().totals?.total_messages).toBe(9);
    asOf.metrics = 12;
    await refresh();
    expect(model.view().totals?.total_messages).toBe(12);
  });

  it('keeps what it shows when a later read fails', async () => {
    const { model, load, seqs } = scene(many(2));
    model.fail('No answer.');
    expect(model.view().phase).toBe('failed');
    await load();
    model.fail('No answer.');
    expect(model.view()).toMatchObject({ phase: 'ready', failure: 'No answer.' });
    expect(seqs()).toEqual([1, 2]);
  });
});
