import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../react/request-error.ts';
import { type LiveMessage, type Message, OWN_ID_PREFIX } from '../events.ts';
import { matcherOf } from './message-matcher.ts';
import { PAGE_SIZE } from './messages-answers.ts';
import type { MessagesApi } from './messages-api.ts';
import { createMessagesModel, LIST_CAPACITY } from './messages-model.ts';
import type { MessagesSearch } from './messages-search.ts';
import { posted } from './testing/posted.ts';

/** `mr-7` as 7. */
const positionIn = (text: string | undefined) => Number(text?.slice(OWN_ID_PREFIX.length));
const NO_SEARCH: MessagesSearch = {};
const cursor = (seq: number) => `e.${seq}.t`;
const message = (item: Message): LiveMessage => ({ type: 'message', ...item, cursor: cursor(item.seq) });
const metrics = (asOf: number, total_messages: number): LiveMessage => ({
  type: 'metrics',
  total_messages,
  total_channels: 1,
  total_users: 1,
  last_message_at: null,
  as_of: cursor(asOf),
  cursor: cursor(asOf),
});

/** A model over a scripted store of messages, with frames painted by hand. */
function scene(stored: Message[] = [], search: MessagesSearch = NO_SEARCH) {
  const frames: (() => void)[] = [];
  const requests: unknown[] = [];
  const server = { isDown: false };
  const api: MessagesApi = {
    async page({ limit, filters, before, after, around }) {
      requests.push({ before, after, around });
      if (server.isDown) throw new Error('The server is down.');
      const all = stored.filter(matcherOf(filters)).sort((a, b) => a.seq - b.seq);
      const place = all.findIndex(({ id }) => id === around);
      if (around !== undefined && place < 0) throw new RequestError('not found', 404, undefined);
      const start =
        around !== undefined
          ? Math.max(0, place - limit / 2)
          : after !== undefined
            ? all.filter(({ seq }) => seq <= positionIn(after)).length
            : Math.max(0, all.filter(({ seq }) => before === undefined || seq < positionIn(before)).length - limit);
      const end =
        before === undefined
          ? start + limit
          : Math.min(start + limit, all.filter(({ seq }) => seq < positionIn(before)).length);
      const page = all.slice(start, end);
      return {
        messages: page.toReversed(),
        total: all.length,
        before: start === 0 ? null : `mr-${page[0]?.seq}`,
        after: end >= all.length ? null : `mr-${page.at(-1)?.seq}`,
        cursor: cursor(stored.at(-1)?.seq ?? 0),
      };
    },
    isKnown: async ({ channel }) => channel !== 'nowhere',
    metrics: async () => ({
      total_messages: stored.length,
      total_channels: 1,
      total_users: 1,
      last_message_at: null,
      cursor: cursor(stored.at(-1)?.seq ?? 0),
    }),
  };
  const model = createMessagesModel({
    api,
    search,
    frames: (action) => {
      frames.push(action);
      return () => frames.splice(frames.indexOf(action), 1);
    },
  });
  const paint = () => {
    for (const action of frames.splice(0)) action();
  };
  return {
    model,
    server,
    requests,
    paint,
    load: () => model.loadSnapshot(new AbortController().signal),
    /** Stores messages; the feed sends them. */
    post(...items: Message[]) {
      stored.push(...items);
      model.receive(items.map(message));
      paint();
    },
    seqs: () => Array.from({ length: model.view().rows.length }, (_, index) => model.view().rows.at(index)?.seq),
  };
}

const many = (count: number, from = 1, more: Partial<Message> = {}) =>
  Array.from({ length: count }, (_, index) => posted({ seq: from + index, ...more }));

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Lets the answers of the scripted server arrive. */
async function answered(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('createMessagesModel', () => {
  it('shows the snapshot oldest first and gives the cursor to tail from', async () => {
    const { model, load, seqs } = scene(many(3));
    expect(model.view().phase).toBe('loading');
    expect(await load()).toBe(cursor(3));
    expect(model.view()).toMatchObject({ phase: 'ready', hasOlder: false, matching: 3, isFollowing: true });
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('appends what arrives once per frame, each message once, in the order of the times', async () => {
    const { model, load, paint, seqs } = scene(many(1));
    await load();
    let changes = 0;
    model.subscribe(() => {
      changes += 1;
    });
    model.receive([message(posted({ seq: 2, second: 9 })), message(posted({ seq: 3, second: 5 }))]);
    model.receive([message(posted({ seq: 3, second: 5 })), message(posted({ seq: 1 }))]);
    expect(changes).toBe(0);
    paint();
    expect(changes).toBe(1);
    expect(seqs()).toEqual([1, 3, 2]);
    expect(model.view().matching).toBe(3);
  });

  it('takes the newest totals, whichever way they come', async () => {
    const { model, load, paint } = scene(many(3));
    await load();
    model.receive([metrics(5, 5), metrics(4, 4)]);
    paint();
    expect(model.view().totals?.total_messages).toBe(5);
    model.receive([metrics(5, 4)]);
    paint();
    expect(model.view().totals?.total_messages).toBe(4);
  });

  it('works off a burst at once when no frames are painted, and keeps so many rows at most', async () => {
    const { model, load } = scene();
    await load();
    for (let batch = 0; batch < 60; batch += 1) model.receive(many(1_000, batch * 1_000 + 1).map(message));
    expect(model.view().rows.length).toBeLessThanOrEqual(LIST_CAPACITY);
    expect(model.view().rows.at(model.view().rows.length - 1)?.seq).toBe(60_000);
    expect(model.view().hasOlder).toBe(true);
    expect(model.view().matching).toBe(60_000);
  });

  it('reads older pages up to the first message', async () => {
    const { model, load, seqs } = scene(many(PAGE_SIZE * 2 + 10));
    await load();
    expect(model.view().hasOlder).toBe(true);
    await model.loadOlder();
    await model.loadOlder();
    expect(seqs()).toEqual(range(1, PAGE_SIZE * 2 + 10));
    expect(model.view().hasOlder).toBe(false);
  });

  it('loads again what had to make room while older messages were read, without a gap', async () => {
    const total = LIST_CAPACITY + PAGE_SIZE * 3;
    const { model, load, post, seqs } = scene(many(total));
    await load();
    model.follow(false);
    while (model.view().hasOlder) await model.loadOlder();
    expect(model.view().isAttached).toBe(false);
    expect(model.view().rows.length).toBeLessThanOrEqual(LIST_CAPACITY);
    post(posted({ seq: total + 1 }));
    expect(model.view().unseen).toBe(1);
    const last = seqs().at(-1) ?? 0;
    expect(seqs()).toEqual(range(1, last));
    while (!model.view().isAttached) await model.loadNewer();
    expect(seqs()).toEqual(range(seqs()[0] ?? 0, total + 1));
  });

  it('holds the list while paused, counts what comes, and shows all of it on resume', async () => {
    const { model, load, post, seqs } = scene(many(2));
    await load();
    model.pause();
    post(posted({ seq: 3 }), posted({ seq: 4 }));
    expect(seqs()).toEqual([1, 2]);
    expect(model.view()).toMatchObject({ isPaused: true, unseen: 2 });
    await model.toNewest();
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(model.view()).toMatchObject({ isPaused: false, unseen: 0, isFollowing: true });
  });

  it('counts what is appended below while older messages are looked at', async () => {
    const { model, load, post, seqs } = scene(many(2));
    await load();
    model.follow(false);
    post(posted({ seq: 3 }));
    expect(seqs()).toEqual([1, 2, 3]);
    expect(model.view().unseen).toBe(1);
    model.follow(true);
    expect(model.view().unseen).toBe(0);
  });

  it('applies filters to what is stored and to what arrives', async () => {
    const { model, load, post, seqs } = scene([...many(500), posted({ seq: 501, text: 'Crème brûlée' })]);
    await load();
    model.setSearch({ q: 'CREME BRU' });
    await answered();
    expect(seqs()).toEqual([501]);
    post(posted({ seq: 502, text: 'plain' }), posted({ seq: 503, text: 'a brulee of creme' }));
    expect(seqs()).toEqual([501, 503]);
    expect(model.view()).toMatchObject({ matching: 2, hasOlder: false });
    model.setSearch({});
    await answered();
    expect(model.view().matching).toBe(503);
    expect(seqs().at(-1)).toBe(503);
  });

  it('shows a linked message among the others and goes on to the newest', async () => {
    const { model, load, post, seqs } = scene(many(1_000), { around: 'mr-400' });
    await load();
    expect(model.view()).toMatchObject({ linkedSeq: 400, isAttached: false, isFollowing: false, hasOlder: true });
    expect(seqs()).toEqual(range(300, 499));
    post(posted({ seq: 1_001 }));
    expect(seqs()).toEqual(range(300, 499));
    expect(model.view().unseen).toBe(1);
    await model.toNewest();
    expect(model.view()).toMatchObject({ isAttached: true, unseen: 0 });
    expect(seqs()).toEqual(range(300, 1_001));
  });

  it('finds a linked message in the list without asking the server', async () => {
    const { model, load, requests } = scene(many(20));
    await load();
    const asked = requests.length;
    model.setSearch({ around: 'mr-5' });
    expect(model.view().linkedSeq).toBe(5);
    expect(requests).toHaveLength(asked);
  });

  it('says that a linked message is gone', async () => {
    const { model, load } = scene(many(20));
    await load();
    model.setSearch({ around: 'mr-99' });
    await answered();
    expect(model.view()).toMatchObject({ isLinkLost: true, isFollowing: true, phase: 'ready' });
  });

  it('says that there is no such channel', async () => {
    const { load } = scene(many(3), { channel: 'nowhere' });
    await expect(load()).rejects.toThrow('There is no channel nowhere.');
  });

  it('keeps what it shows over a new snapshot, and fills the gap', async () => {
    const stored = many(300);
    const { load, model, seqs } = scene(stored);
    await load();
    await model.loadOlder();
    stored.push(...many(50, 301));
    await load();
    expect(seqs()).toEqual(range(1, 350));
  });

  it('begins anew from a snapshot that is too far ahead', async () => {
    const stored = many(300);
    const { load, model, seqs } = scene(stored);
    await load();
    stored.push(...many(500, 301));
    await load();
    expect(seqs()).toEqual(range(601, 800));
    await model.loadOlder();
    expect(seqs()).toEqual(range(401, 800));
  });

  it('reads what is new when asked to, without the feed, and knows it when the feed sends it after all', async () => {
    const stored = many(3);
    const { load, model, seqs, paint } = scene(stored);
    await load();
    const missed = many(400, 4);
    stored.push(...missed);
    await model.refresh();
    expect(seqs()).toEqual(range(1, 403));
    expect(model.view()).toMatchObject({ matching: 403, totals: { total_messages: 403 } });
    model.receive(missed.map(message));
    paint();
    expect(seqs()).toEqual(range(1, 403));
    expect(model.view().matching).toBe(403);
  });

  it('keeps its rows and says why when a read fails', async () => {
    const { load, model, server, seqs } = scene(many(3));
    await load();
    server.isDown = true;
    await model.refresh();
    expect(model.view()).toMatchObject({ phase: 'ready', failure: 'The server is down.' });
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('says that the filtered channel was deleted, and takes it back when it is there again', async () => {
    const { load, model, paint } = scene(many(3), { channel: 'general' });
    await load();
    const row: Extract<LiveMessage, { type: 'channel' }> = {
      type: 'channel',
      channel: 'general',
      message_count: 0,
      first_message_at: null,
      last_message_at: null,
      activity: [],
      as_of: cursor(4),
      cursor: cursor(4),
    };
    model.receive([{ ...row, unavailable: 'keep' }]);
    paint();
    expect(model.view().unavailable).toEqual({ kind: 'channel', name: 'general', history: 'keep' });
    model.receive([{ ...row, message_count: 1 }]);
    paint();
    expect(model.view().unavailable).toBeUndefined();
  });
});
