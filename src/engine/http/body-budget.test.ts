import { expect, test } from 'vitest';
import { BodyBudget } from './body-budget.ts';

const KIB = 1024;
const REFUSED = expect.objectContaining({ code: 'overloaded', retryAfterS: 1 });

const post = (headers: Record<string, string>) => new Request('http://localhost/', { method: 'POST', headers });
const declaring = (bytes: number) => post({ 'content-length': `${bytes}` });
const budget = () => new BodyBudget({ maxBytes: 800 * KIB, undeclaredBytes: 100 * KIB });

test('bodies that fit are counted until they leave', () => {
  const bodies = budget();
  const bytes = bodies.enter(declaring(700 * KIB));
  expect(() => bodies.enter(declaring(100 * KIB))).toThrow(REFUSED);
  bodies.leave(bytes);
  expect(bodies.held).toBe(0);
  expect(bodies.enter(declaring(100 * KIB))).toBe(100 * KIB);
});

test('large bodies leave room for small ones, which may use all of it', () => {
  const bodies = budget();
  bodies.enter(declaring(700 * KIB));
  bodies.enter(declaring(64 * KIB));
  bodies.enter(declaring(36 * KIB));
  expect(() => bodies.enter(declaring(1))).toThrow(REFUSED);
});

test('a body of unknown length counts as much as it may have, a request without one nothing', () => {
  const bodies = budget();
  expect(bodies.enter(post({ 'transfer-encoding': 'chunked' }))).toBe(100 * KIB);
  expect(bodies.enter(new Request('http://localhost/'))).toBe(0);
  expect(bodies.held).toBe(100 * KIB);
});
