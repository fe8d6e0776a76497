import { describe, expect, it } from 'vitest';
import type { ObservedEvent } from '../events.ts';
import { matchesFilters } from './event-filters.ts';
import type { EventsApi } from './events-api.ts';
import { createEventsModel } from './events-model.ts';
import { observed, START } from './testing/observed.ts';

const message = (event: ObservedEvent) => ({ type: 'event', data: event, cursor: `e.${event.id}.t` });

/** A model over a scripted store of events, with frames painted by hand. */
function scene(stored: ObservedEvent[] = [], { searchWindow = Number.POSITIVE_INFINITY } = {}) {
  const frames: (() => void)[] = [];
  const queries: unknown[] = [];
  const api: EventsApi = {
    async recent({ limit, filters, before }) {
      queries.push({ filters, before });
      const end = before ?? Number.POSITIVE_INFINITY;
      const newest = stored.filter((event) => event.id < end).sort((a, b) => b.id - a.id);
      const searched = filters.q === undefined ? newest : newest.slice(0, searchWindow);
      const page = searched.filter((event) => matchesFilters(event, filters)).slice(0, limit);
      const total = stored.filter((event) => matchesFilters(event, filters)).length;
      const window = filters.q === undefined ? {} : { searched_from: searched.at(-1)?.id ?? 1 };
      return { events: page, total, cursor: `e.${stored.length}.t`, ...window };
    },
    filterOptions: async () => ({
      source_apps: ['shop'],
      session_ids: [],
      event_types: ['PreToolUse'],
      cursor: 'e.0.t',
    }),
    sessions: async () => ({ sessions: [], cursor: `e.${stored.length}.t` }),
  };
  const model = createEventsModel({
    api,
    now: () => START,
    frames: (action) => {
      frames.push(action);
      return () => frames.splice(frames.indexOf(action), 1);
    },
  });
  return {
    model,
    queries,
    frames,
    load: () => model.loadSnapshot(new AbortController().signal),
    receive: (...events: ObservedEvent[]) => model.receive(events.map(message)),
    paint: () => {
      for (const action of frames.splice(0)) action();
    },
    ids: () => model.view().events.map((event) => event.id),
  };
}

const many = (count: number, more: Partial<ObservedEvent> = {}) =>
  Array.from({ length: count }, (_, index) => observed({ id: index + 1, second: index, ...more }));

/** Lets the answers of the scripted server arrive. */
async function answered(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('createEventsModel', () => {
  it('shows the snapshot and gives the cursor to tail from', async () => {
    const { model, load, ids } = scene(many(3));
    expect(model.view().phase).toBe('loading');
    expect(await load()).toBe('e.3.t');
    expect(model.view()).toMatchObject({ phase: 'ready', total: 3, matching: 3, hasOlder: false });
    expect(ids()).toEqual([3, 2, 1]);
  });

  it('folds a burst into one view per frame, in display order and without duplicates', async () => {
    const { model, load, receive, paint, ids } = scene(many(1));
    await load();
    let changes = 0;
    model.subscribe(() => {
      changes += 1;
    });
    receive(observed({ id: 2, second: 9 }), observed({ id: 3, second: 5 }));
    receive(observed({ id: 3, second: 5 }));
    expect(changes).toBe(0);
    paint();
    expect(changes).toBe(1);
    expect(ids()).toEqual([2, 3, 1]);
    expect(model.view().total).toBe(3);
  });

  it('works off a burst at once when no frames are painted, so that memory stays bounded', async () => {
    const { model, load, receive, frames } = scene();
    await load();
    receive(...many(7_000));
    expect(model.view().events).toHaveLength(5_000);
    expect(model.view().total).toBe(7_000);
    expect(frames).toHaveLength(0);
  });

  it('skips a message it cannot read and says so', async () => {
    const { model, load, paint, ids } = scene();
    await load();
    expect(model.receive([{ type: 'event', data: { id: 'x' } }, message(observed({ id: 4 }))])).toBe(1);
    paint();
    expect(ids()).toEqual([4]);
  });

  it('holds events back while paused, counts them, and shows them on resume', async () => {
    const { model, load, receive, paint, ids } = scene(many(1));
    await load();
    model.pause();
    receive(observed({ id: 2, second: 2 }), observed({ id: 3, second: 3 }));
    paint();
    expect(ids()).toEqual([1]);
    expect(model.view()).toMatchObject({ held: 2, isPaused: true, total: 3 });
    model.resume();
    expect(ids()).toEqual([3, 2, 1]);
    expect(model.view().held).toBe(0);
  });

  it('keeps the list still while its newest end is out of sight', async () => {
    const { model, load, receive, paint, ids } = scene(many(1));
    await load();
    model.follow(false);
    receive(observed({ id: 2, second: 2 }));
    paint();
    expect(ids()).toEqual([1]);
    expect(model.view().held).toBe(1);
    model.follow(true);
    expect(ids()).toEqual([2, 1]);
  });

  it('filters what is there at once, asks the server for the rest, and applies the filter to live events', async () => {
    const stored = [observed({ id: 1, second: 1, source_app: 'rare' }), ...many(800).slice(1)];
    const { model, load, receive, paint, ids, queries } = scene(stored);
    await load();
    model.setFilters({ source_app: 'rare' });
    expect(ids()).toEqual([]);
    await answered();
    expect(queries.at(-1)).toEqual({ filters: { source_app: 'rare' }, before: undefined });
    expect(ids()).toEqual([1]);
    receive(observed({ id: 801, second: 900, source_app: 'rare' }), observed({ id: 802, second: 901 }));
    paint();
    expect(ids()).toEqual([801, 1]);
    expect(model.view()).toMatchObject({ matching: 2, total: 802, hasOlder: false });
  });

  it('counts matching events that arrived while the filter was being looked up', async () => {
    const { model, load, receive, paint } = scene(many(2));
    await load();
    receive(observed({ id: 3, second: 3 }));
    paint();
    model.setFilters({ source_app: 'shop' });
    await answered();
    expect(model.view().matching).toBe(3);
  });

  it('reads older pages up to the first event', async () => {
    const { model, load } = scene(many(1_200));
    await load();
    expect(model.view().hasOlder).toBe(true);
    await model.loadOlder();
    expect(model.view().events).toHaveLength(1_000);
    await model.loadOlder();
    expect(model.view().events).toHaveLength(1_200);
    expect(model.view().hasOlder).toBe(false);
  });

  it('counts the past for the chart beyond the first page', async () => {
    const { model, load } = scene(Array.from({ length: 800 }, (_, index) => observed({ id: index + 1, second: -1 })));
    await load();
    await answered();
    expect(model.activity.series(START, 1, 6)).toMatchObject({ total: 800, countedFrom: Number.NEGATIVE_INFINITY });
  });

  it('says from when on it counted when the past is too much to read', async () => {
    const { model, load } = scene(Array.from({ length: 5_200 }, (_, index) => observed({ id: index + 1, second: -1 })));
    await load();
    for (let page = 0; page < 12; page += 1) await answered();
    expect(model.activity.series(START, 1, 6)).toMatchObject({ total: 5_000, countedFrom: START / 1_000 - 1 });
  });

  it('can search further back than the server looks at once', async () => {
    const stored = [observed({ id: 1, second: 0, summary: 'rare' }), ...many(900).slice(1)];
    const { model, load, ids } = scene(stored, { searchWindow: 400 });
    await load();
    model.setFilters({ q: 'rare' });
    await answered();
    expect(ids()).toEqual([]);
    expect(model.view().hasOlder).toBe(true);
    await model.loadOlder();
    await model.loadOlder();
    expect(ids()).toEqual([1]);
    expect(model.view().hasOlder).toBe(false);
  });

  it('keeps an older page on a list that is held still', async () => {
    const { model, load, receive, paint, ids } = scene(many(600));
    await load();
    model.follow(false);
    receive(observed({ id: 601, second: 700 }));
    paint();
    await model.loadOlder();
    expect(ids()[0]).toBe(600);
    expect(ids()).toHaveLength(600);
  });

  it('keeps what it shows when a later snapshot fails', async () => {
    const { model, load, ids } = scene(many(1));
    model.fail('No answer.');
    expect(model.view().phase).toBe('failed');
    await load();
    model.fail('No answer.');
    expect(model.view()).toMatchObject({ phase: 'ready', failure: 'No answer.' });
    expect(ids()).toEqual([1]);
  });

  it('starts over from a new snapshot', async () => {
    const { load, receive, paint, ids } = scene(many(2));
    await load();
    receive(observed({ id: 9, second: 9 }));
    paint();
    await load();
    expect(ids()).toEqual([2, 1]);
  });
});
