import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeBatch } from './frame-intake.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const batch = (from: number, to: number) => ({
  from: cursor(from),
  to: cursor(to),
  events: Array.from({ length: to - from }, (_, index) => ({ type: 'event', cursor: cursor(from + index + 1) })),
});

describe('takeBatch', () => {
  it('takes a batch that starts at the cursor', () => {
    expect(takeBatch(cursor(3), batch(3, 5))).toEqual({
      kind: 'events',
      events: batch(3, 5).events,
      cursor: cursor(5),
    });
  });

  it('drops the events at or before the cursor', () => {
    expect(takeBatch(cursor(4), batch(2, 6))).toEqual({
      kind: 'events',
      events: batch(4, 6).events,
      cursor: cursor(6),
    });
  });

  it('keeps rows wherever they stand: they are values, not events', () => {
    const row = { type: 'row', cursor: cursor(2), as_of: cursor(6) };
    const events = [row, { type: 'event', cursor: cursor(3) }];
    expect(takeBatch(cursor(4), { from: cursor(2), to: cursor(3), events })).toEqual({
      kind: 'events',
      events: [row],
      cursor: cursor(4),
    });
  });

  it('never moves the cursor back', () => {
    expect(takeBatch(cursor(9), batch(2, 6))).toEqual({ kind: 'events', events: [], cursor: cursor(9) });
  });

  it.each([
    ['starts later', { ...batch(5, 6) }],
    ['comes from another log', { ...batch(3, 6), from: 'other.3.t3' }],
    ['has another record at the same number', { ...batch(3, 6), from: 'e.3.x' }],
    ['has no readable cursor', { ...batch(3, 6), from: 'nonsense' }],
  ])('calls it a gap when the batch %s', (_name, frame) => {
    expect(takeBatch(cursor(3), frame)).toEqual({ kind: 'gap' });
  });

  it('shows every event once and in order, however often stretches are sent again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(6)), { maxLength: 40 }), (stretches) => {
        let here = cursor(0);
        const shown: string[] = [];
        for (const [back, length] of stretches) {
          const seq = Number(here.split('.')[1]);
          const from = Math.max(0, seq - back);
          const taken = takeBatch(here, batch(from, from + length));
          if (taken.kind === 'gap') throw new Error('no gap was sent');
          shown.push(...taken.events.map((event) => event.cursor));
          here = taken.cursor;
        }
        expect(shown).toEqual(Array.from({ length: Number(here.split('.')[1]) }, (_, index) => cursor(index + 1)));
      }),
    );
  });
});
