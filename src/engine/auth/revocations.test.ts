import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../log/log.ts';
import { openForWriting } from '../log/sqlite/database.ts';
import type { SnapshotReader } from '../store/snapshot.ts';
import type { Principal } from './principal.ts';
import { type Revocation, Revocations, revocationProjection, revokedEvent } from './revocations.ts';

const NOW = 1_000_000;
const HOUR = 3_600_000;

const principal = (members: Partial<Principal> = {}): Principal => ({
  sub: 'ada',
  roles: new Set(),
  projects: '*',
  tokenId: 'token-1',
  issuedAt: NOW - 1_000,
  expiresAt: NOW + HOUR,
  ...members,
});

/** The projection in a database of its own, and what a server that starts on it knows. */
function stored() {
  const database = openForWriting(':memory:');
  database.exec(revocationProjection.create);
  const writer = revocationProjection.open(database);
  let seq = 0;
  // The one query of `load`, on the same database.
  const snapshots = {
    snapshot: async (queries: readonly { readonly sql: string }[]) => ({
      results: queries.map(({ sql }) => database.prepare(sql).all()),
    }),
  } as unknown as SnapshotReader;
  return {
    database,
    apply(...revocations: readonly (readonly [Revocation, number])[]) {
      writer.apply(
        revocations.map(([revocation, at]) => {
          seq += 1;
          return { ...revokedEvent(revocation), seq, at, tag: 't' } as LogRecord;
        }),
      );
    },
    load: () => Revocations.load(snapshots),
    rows: () => database.prepare('SELECT kind, name, at, until FROM auth_revocation ORDER BY kind, name').all(),
  };
}

describe('a revocation of a token', () => {
  test('is of this token alone', () => {
    const revocations = new Revocations();
    revocations.add({ jti: 'token-1' }, NOW);
    expect(revocations.has(principal())).toBe(true);
    expect(revocations.has(principal({ tokenId: 'token-2' }))).toBe(false);
    expect(revocations.has(principal({ tokenId: undefined }))).toBe(false);
  });

  test('holds until the token would have expired, and is then forgotten', () => {
    const revocations = new Revocations();
    revocations.add({ jti: 'token-1', until: NOW + HOUR }, NOW);
    revocations.add({ jti: 'token-2', until: NOW + 3 * HOUR }, NOW + HOUR);
    expect(revocations.has(principal())).toBe(true);
    revocations.add({ jti: 'token-3' }, NOW + HOUR + 1);
    expect(revocations.has(principal())).toBe(false);
    expect(revocations.has(principal({ tokenId: 'token-2' }))).toBe(true);
  });

  test('of whose end nobody knows is kept for good', () => {
    const revocations = new Revocations();
    revocations.add({ jti: 'token-1' }, NOW);
    revocations.add({ jti: 'token-2' }, NOW + 1_000 * HOUR);
    expect(revocations.has(principal())).toBe(true);
  });
});

describe('a revocation of a user', () => {
  test.each([
    ['before it', NOW - 1, true],
    ['in its instant', NOW, true],
    ['after it', NOW + 1, false],
  ])('is of the tokens issued until then: one issued %s is over: %s', (_, issuedAt, isOver) => {
    const revocations = new Revocations();
    revocations.add({ sub: 'ada' }, NOW);
    expect(revocations.has(principal({ issuedAt, tokenId: undefined }))).toBe(isOver);
    expect(revocations.has(principal({ sub: 'eve', issuedAt }))).toBe(false);
  });

  test('is not taken back by an earlier one that comes later', () => {
    const revocations = new Revocations();
    revocations.add({ sub: 'ada' }, NOW);
    revocations.add({ sub: 'ada' }, NOW - HOUR);
    expect(revocations.has(principal({ issuedAt: NOW }))).toBe(true);
  });
});

describe('what is stored of revocations', () => {
  test('is what a server that starts knows, whatever was revoked in whichever batches', async () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const revocation = fc.oneof(
      fc.record({ jti: names, until: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ jti: names }),
      fc.record({ sub: names }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(revocation, fc.nat({ max: 20 }))), async (made) => {
        const inMemory = new Revocations();
        const { apply, load } = stored();
        let at = 0;
        for (const [one, afterMs] of made) {
          at += afterMs;
          inMemory.add(one, at);
          apply([one, at]);
        }
        const loaded = await load();
        for (const sub of ['a', 'b', 'c']) {
          for (const issuedAt of [0, at - 10, at, at + 1]) {
            const user = principal({ sub, issuedAt, tokenId: undefined });
            expect(loaded.has(user)).toBe(inMemory.has(user));
          }
          const last = made.findLast(([one]) => 'jti' in one && one.jti === sub)?.[0];
          // One that has expired is refused for that: whether its revocation is still known makes no difference.
          if (last !== undefined && 'until' in last && last.until < at) continue;
          const token = principal({ sub: 'nobody', tokenId: sub });
          expect(loaded.has(token)).toBe(inMemory.has(token));
        }
      }),
    );
  });

  test('forgets what has expired, and nothing else', () => {
    const { apply, rows } = stored();
    apply([{ jti: 'short', until: NOW + 1 }, NOW], [{ jti: 'long', until: NOW + HOUR }, NOW], [{ sub: 'ada' }, NOW]);
    expect(rows()).toHaveLength(3);
    apply([{ jti: 'endless' }, NOW + 2]);
    expect(rows()).toEqual([
      { kind: 'jti', name: 'endless', at: NOW + 2, until: null },
      { kind: 'jti', name: 'long', at: NOW, until: NOW + HOUR },
      { kind: 'sub', name: 'ada', at: NOW, until: null },
    ]);
  });

  test('does not go with retention', () => {
    const { database } = stored();
    expect(revocationProjection.open(database)).not.toHaveProperty('trim');
  });

  test('takes nothing from other records', () => {
    const { database, rows } = stored();
    const record = { ...revokedEvent({ sub: 'ada' }), type: 'auth.other', seq: 1, at: NOW, tag: 't' };
    revocationProjection.open(database).apply([record]);
    expect(rows()).toEqual([]);
  });
});
