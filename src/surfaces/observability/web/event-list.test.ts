import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventList } from './event-list.ts';
import { compareNewestFirst, toListed } from './listed-event.ts';
import { observed } from './testing/observed.ts';

const listed = (id: number, second: number) => toListed(observed({ id, second }));

describe('EventList', () => {
  it('puts an event that arrives out of order where its time belongs', () => {
    const list = new EventList(10);
    list.merge([listed(1, 1)]);
    list.merge([listed(2, 3)]);
    list.merge([listed(3, 2)]);
    expect(list.events.map((event) => event.id)).toEqual([2, 3, 1]);
  });

  it('orders events of the same moment by id, newest first', () => {
    const list = new EventList(10);
    list.merge([listed(2, 1), listed(3, 1), listed(1, 1)]);
    expect(list.events.map((event) => event.id)).toEqual([3, 2, 1]);
  });

  it('drops duplicates and says what was new', () => {
    const list = new EventList(10);
    list.merge([listed(1, 1)]);
    expect(list.merge([listed(1, 1), listed(2, 2)]).map((event) => event.id)).toEqual([2]);
    expect(list.events).toHaveLength(2);
  });

  it('keeps the same array when nothing was added', () => {
    const list = new EventList(10);
    list.merge([listed(1, 1)]);
    const before = list.events;
    list.merge([listed(1, 1)]);
    expect(list.events).toBe(before);
  });

  it('makes room for older pages and gives it back', () => {
    const list = new EventList(2);
    list.merge([listed(5, 5), listed(4, 4)]);
    list.grow(2);
    list.merge([listed(3, 3), listed(2, 2)]);
    expect(list.events).toHaveLength(4);
    list.shrinkTo(2);
    expect(list.events.map((event) => event.id)).toEqual([5, 4]);
    expect(list.has(3)).toBe(false);
  });

  it('knows from which id on nothing is missing, also after the oldest went', () => {
    const list = new EventList(2);
    list.merge([listed(5, 5), listed(4, 1), listed(3, 3)]);
    list.markComplete(3);
    expect(list.events.map((event) => event.id)).toEqual([5, 3]);
    list.merge([listed(6, 6)]);
    expect(list.completeFrom).toBe(4);
  });

  it('holds the newest events, sorted and once each, for any arrival order and batching', () => {
    const arrivals = fc.array(fc.array(fc.tuple(fc.nat(40), fc.nat(20)), { maxLength: 8 }), { maxLength: 20 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 60 }), (batches, capacity) => {
        const list = new EventList(capacity);
        const everything = new Map<number, number>();
        for (const batch of batches) {
          const events = batch.map(([id]) => listed(id, everything.get(id) ?? id % 7));
          list.merge(events);
          for (const [id] of batch) everything.set(id, id % 7);
        }
        const expected = [...everything].map(([id, second]) => listed(id, second)).sort(compareNewestFirst);
        if (expected.length <= capacity) expect(list.events).toEqual(expected);
        expect(list.events.length).toBeLessThanOrEqual(capacity);
        expect([...list.events].sort(compareNewestFirst)).toEqual(list.events);
      }),
    );
  });
});
