import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { ClientLimiter } from './client-limiter.ts';

const REFUSED = expect.objectContaining({ code: 'too_many_requests', retryAfterS: 10 });

function limiter(options: { maxClients?: number; together?: number } = {}) {
  const clock = new ManualClock();
  const { maxClients = 100, together = 1_000 } = options;
  const limits = { perClient: { perSecond: 0.1, burst: 2 }, together: { perSecond: 0.1, burst: together } };
  return { clock, limited: new ClientLimiter({ clock, maxClients, ...limits }) };
}

it('lets each address do so much at once, and again after a while', () => {
  const { clock, limited } = limiter();
  limited.take('a');
  limited.take('a');
  expect(() => limited.take('a')).toThrow(REFUSED);
  limited.take('b');
  clock.advance(10_000);
  limited.take('a');
  expect(() => limited.take('a')).toThrow(REFUSED);
});

it('remembers a bounded number of addresses and forgets the one not seen for longest', () => {
  const { limited } = limiter({ maxClients: 2 });
  for (const address of ['a', 'b', 'a', 'c']) limited.take(address);
  expect(limited.size).toBe(2);
  expect(() => limited.take('a')).toThrow(REFUSED);
});

it('bounds what many addresses do together', () => {
  const { limited } = limiter({ together: 3 });
  for (const address of ['a', 'b', 'c']) limited.take(address);
  expect(() => limited.take('d')).toThrow(REFUSED);
});
