import { describe, expect, it } from 'vitest';
import { formatCursor } from '../protocol/cursor.ts';
import { createRowGuard } from './row-guard.ts';

const cursor = (seq: number, epoch = 'e1') => formatCursor({ epoch, seq, tag: 'aaaaaaaaaa' });
const row = (seq: number, epoch?: string) => ({ type: 'row', as_of: cursor(seq, epoch), cursor: cursor(1, epoch) });
const event = { type: 'event', cursor: cursor(1) };

describe('createRowGuard', () => {
  it('lets everything through that a stream gives while nothing else shows rows', () => {
    const guard = createRowGuard();
    guard.streamAsked();
    const messages = [event, row(5), row(4)];
    expect(guard.fresh(messages)).toBe(messages);
  });

  it('drops the rows of a stream that are older than what was shown while it was opened', () => {
    const guard = createRowGuard();
    guard.streamAsked();
    guard.shown(cursor(9));
    expect(guard.fresh([row(4), event, row(8)])).toEqual([event]);
    expect(guard.fresh([row(9), row(10)])).toEqual([row(9), row(10)]);
  });

  it('takes what a stream gives that was asked for later: the log may have been put back', () => {
    const guard = createRowGuard();
    guard.streamAsked();
    guard.shown(cursor(9));
    guard.streamAsked();
    expect(guard.fresh([row(4)])).toEqual([row(4)]);
  });

  it('does not compare positions of different logs', () => {
    const guard = createRowGuard();
    guard.shown(cursor(9));
    expect(guard.fresh([row(2, 'e2')])).toEqual([row(2, 'e2')]);
  });
});
