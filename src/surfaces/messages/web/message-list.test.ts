import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageList } from './message-list.ts';
import { compareMessages, toListedMessage } from './message-listed.ts';
import { posted } from './testing/posted.ts';

const listed = (seq: number, second = seq) => toListedMessage(posted({ seq, second }));
const seqs = (list: MessageList) => list.newest(list.length).map(({ seq }) => seq);

describe('MessageList', () => {
  it('appends messages in the order of their times, oldest first', () => {
    const list = new MessageList(10);
    list.merge([listed(1), listed(2)]);
    list.merge([listed(3)]);
    expect(seqs(list)).toEqual([1, 2, 3]);
    expect(list.at(2)?.seq).toBe(3);
  });

  it('puts a message that arrives late where its time belongs, and equal times in the order of the log', () => {
    const list = new MessageList(10);
    list.merge([listed(1, 1), listed(2, 5)]);
    list.merge([listed(4, 3), listed(3, 3)]);
    expect(seqs(list)).toEqual([1, 3, 4, 2]);
    expect(list.indexOf(4)).toBe(2);
    expect(list.indexOf(9)).toBe(-1);
  });

  it('shows a message once, however often it arrives, and says which were new', () => {
    const list = new MessageList(10);
    list.merge([listed(1)]);
    expect(list.merge([listed(1), listed(2), listed(2)]).map(({ seq }) => seq)).toEqual([2]);
    expect(seqs(list)).toEqual([1, 2]);
  });

  it('takes an older page in front', () => {
    const list = new MessageList(10);
    list.merge([listed(5), listed(6)]);
    list.merge([listed(4), listed(3)]);
    expect(seqs(list)).toEqual([3, 4, 5, 6]);
    expect(list.range()).toEqual({ from: 3, to: 6 });
    expect(list.after(4).map(({ seq }) => seq)).toEqual([5, 6]);
  });

  it('drops the lowest positions of the log when it is full, and says from where on it is whole', () => {
    const list = new MessageList(3);
    list.merge([listed(1, 9), listed(2), listed(3), listed(4)]);
    expect(list.trim('oldest')).toBe(1);
    expect(seqs(list)).toEqual([2, 3, 4]);
    expect(list.trim('oldest')).toBeUndefined();
  });

  it('drops the highest positions of the log while older messages are read', () => {
    const list = new MessageList(2);
    list.merge([listed(4), listed(3)]);
    list.merge([listed(2), listed(1)]);
    expect(list.trim('newest')).toBe(3);
    expect(seqs(list)).toEqual([1, 2]);
    expect(list.merge([listed(3)])).toHaveLength(1);
  });

  it('makes room for many at once when it is large', () => {
    const list = new MessageList(1_000);
    list.merge(Array.from({ length: 1_001 }, (_, index) => listed(index + 1)));
    list.trim('oldest');
    expect(list.length).toBe(991);
  });

  it('holds the same messages in the same order for any order of arrival and any batches', () => {
    const arrivals = fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 9 }), { maxLength: 20 });
    fc.assert(
      fc.property(arrivals, (batches) => {
        const list = new MessageList(100);
        for (const batch of batches) list.merge(batch.map((seq) => listed(seq, seq % 7)));
        const expected = [...new Set(batches.flat())].map((seq) => listed(seq, seq % 7)).sort(compareMessages);
        expect(list.newest(100)).toEqual(expected);
        for (const [index, { seq }] of expected.entries()) expect(list.indexOf(seq)).toBe(index);
      }),
    );
  });
});
