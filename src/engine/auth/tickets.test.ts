import { expect, test } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import type { Principal } from './principal.ts';
import { Tickets } from './tickets.ts';

const ada: Principal = {
  sub: 'ada',
  roles: new Set(),
  projects: new Set(['p1']),
  tokenId: undefined,
  issuedAt: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
};

test('a ticket stands for whom it was given to, once', () => {
  const tickets = new Tickets(new ManualClock());
  const { ticket, expiresInMs } = tickets.issue(ada);
  expect(expiresInMs).toBe(30_000);
  expect(ticket).toMatch(/^[\w-]{32}$/);
  expect(tickets.redeem(ticket)).toBe(ada);
  expect(tickets.redeem(ticket)).toBeUndefined();
});

test('a ticket is good for 30 seconds, whatever the wall clock does', () => {
  const clock = new ManualClock();
  const tickets = new Tickets(clock);
  const [early, late] = [tickets.issue(ada).ticket, tickets.issue(ada).ticket];
  clock.advance(29_999);
  expect(tickets.redeem(early)).toBe(ada);
  clock.advance(1);
  expect(tickets.redeem(late)).toBeUndefined();
});

test('a ticket that was never given out is none', () => {
  const tickets = new Tickets(new ManualClock());
  tickets.issue(ada);
  for (const wrong of ['', 'x', '__proto__', 'constructor']) expect(tickets.redeem(wrong)).toBeUndefined();
});

test('of more than 10,000 that wait the oldest are forgotten', () => {
  const tickets = new Tickets(new ManualClock());
  const given = Array.from({ length: 10_002 }, () => tickets.issue(ada).ticket);
  const good = given.map((ticket) => tickets.redeem(ticket) !== undefined);
  expect(good.slice(0, 3)).toEqual([false, false, true]);
  expect(good.filter(Boolean)).toHaveLength(10_000);
});
