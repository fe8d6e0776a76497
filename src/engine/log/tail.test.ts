import { expect, test } from 'vitest';
import type { LogRecord } from './log.ts';
import { Tail } from './tail.ts';

const record = (seq: number, body = '{}'): LogRecord => ({ seq, at: 0, type: 't', channel: 'c', body, tag: 'x' });

function seqs(tail: Tail, after: number, limit = 100): number[] | undefined {
  return tail.read(after, limit)?.map(({ seq }) => seq);
}

test('it holds the newest records and says when it does not reach back far enough', () => {
  const tail = new Tail(10, { maxRecords: 3 });
  expect(seqs(tail, 10)).toEqual([]);
  expect(seqs(tail, 9)).toBeUndefined();
  for (const seq of [11, 12, 13, 14]) tail.push(record(seq));
  expect(seqs(tail, 11)).toEqual([12, 13, 14]);
  expect(seqs(tail, 11, 2)).toEqual([12, 13]);
  expect(seqs(tail, 10)).toBeUndefined();
  expect(tail.at(12)?.seq).toBe(12);
  expect(tail.at(11)).toBeUndefined();
  expect(tail.at(15)).toBeUndefined();
});

test('it is bounded in characters, and always holds the newest record', () => {
  const tail = new Tail(0, { maxCharacters: 10 });
  for (const seq of [1, 2, 3]) tail.push(record(seq, '12345'));
  expect(seqs(tail, 1)).toEqual([2, 3]);
  tail.push(record(4, 'x'.repeat(50)));
  expect(seqs(tail, 3)).toEqual([4]);
  expect(seqs(tail, 2)).toBeUndefined();
});

test('a record that does not follow is refused', () => {
  const tail = new Tail(0);
  tail.push(record(1));
  expect(() => tail.push(record(3))).toThrow(RangeError);
});

test('without room for records every read goes elsewhere', () => {
  const tail = new Tail(0, { maxRecords: 0 });
  tail.push(record(1));
  expect(seqs(tail, 0)).toBeUndefined();
  expect(seqs(tail, 1)).toEqual([]);
});
