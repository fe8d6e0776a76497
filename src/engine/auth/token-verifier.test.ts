import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { TokenVerifier } from './token-verifier.ts';

const SECRET = randomBytes(32);
const clock = new ManualClock();
const NOW = clock.now();
const folder = mkdtempSync(join(tmpdir(), 'millrace-jwks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good: JWTPayload = { sub: 'ada', exp: NOW / 1_000 + 60, iat: NOW / 1_000, jti: 't1' };
const bySecret = new TokenVerifier({ keys: { kind: 'secret', secret: SECRET }, clock });

interface Signing {
  readonly alg?: string;
  readonly key?: Uint8Array | KeyObject;
  readonly kid?: string;
  readonly jwk?: JWK;
}

function signed(payload: JWTPayload, { alg = 'HS256', key = SECRET, ...header }: Signing = {}) {
  return new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key);
}

/** A token put together by hand, as a forger would. */
function forged(header: object, payload: object = good, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));

describe('a token signed with the secret', () => {
  test('says who it is, what is allowed, and until when', async () => {
    const claims = { roles: ['admin', 'wizard', 'viewer'], projects: ['p1', 'p2'] };
    expect(await bySecret.verify(await signed({ ...good, ...claims }))).toEqual({
      sub: 'ada',
      roles: new Set(['admin', 'viewer']),
      projects: new Set(['p1', 'p2']),
      tokenId: 't1',
      issuedAt: NOW,
      expiresAt: NOW + 60_000,
    });
  });

  test('allows nothing that it does not name', async () => {
    const principal = await bySecret.verify(await signed(good));
    expect([...principal.roles]).toEqual([]);
    expect(principal.projects).toEqual(new Set());
  });

  test.each([{ projects: '*' }, { projects: ['p1', '*'] }])('belongs to all projects by $projects', async (claims) => {
    expect((await bySecret.verify(await signed({ ...good, ...claims }))).projects).toBe('*');
  });
});

describe('refused is', () => {
  const refused: readonly [string, () => string | Promise<string>][] = [
    ['nothing', () => ''],
    ['what is no token', () => 'a.b.c'],
    ['a token without a signature (none)', () => forged({ alg: 'none' })],
    ['none in other letters', () => forged({ alg: 'NONE' })],
    ['another algorithm with the same secret', () => signed(good, { alg: 'HS512' })],
    ['another secret', () => signed(good, { key: randomBytes(32) })],
    [
      'a changed payload',
      async () => forged({ alg: 'HS256' }, { ...good, sub: 'eve' }, (await signed(good)).split('.')[2]),
    ],
    ['an extension that is not known (crit)', () => signedWithCrit()],
    ['no exp', () => signed(without('exp'))],
    ['no sub', () => signed(without('sub'))],
    ['an empty sub', () => signed({ ...good, sub: '' })],
    ['one that has expired', () => signed({ ...good, exp: NOW / 1_000 })],
    ['one that is not good yet', () => signed({ ...good, nbf: NOW / 1_000 + 5 })],
    ['a time that is none', () => signed({ ...good, exp: 1e15 })],
    ['roles of another shape', () => signed({ ...good, roles: 'admin' })],
    ['one that is too long', () => signed({ ...good, more: 'x'.repeat(9_000) })],
  ];

  test.each(refused)('%s', async (_, token) => {
    const refusal = bySecret.verify(await token());
    await expect(refusal).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(refusal).rejects.not.toThrow(/eyJ/);
  });

  async function signedWithCrit(): Promise<string> {
    const token = new SignJWT(good).setProtectedHeader({ alg: 'HS256', crit: ['odd'], odd: true });
    return token.sign(SECRET, { crit: { odd: true } });
  }

  test('an issuer or an audience other than the one that is set', async () => {
    const keys = { kind: 'secret', secret: SECRET } as const;
    const verifier = new TokenVerifier({ keys, issuer: 'https://id.test', audience: 'millrace', clock });
    const named = { ...good, iss: 'https://id.test', aud: 'millrace' };
    expect((await verifier.verify(await signed(named))).sub).toBe('ada');
    for (const wrong of [good, { ...named, iss: 'https://evil.test' }, { ...named, aud: 'other' }]) {
      await expect(verifier.verify(await signed(wrong))).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });
});

describe('with the public keys of an issuer', () => {
  const pairs = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    EdDSA: generateKeyPairSync('ed25519'),
  };

  async function verifier(...algorithms: readonly (keyof typeof pairs)[]): Promise<TokenVerifier> {
    const keys = await Promise.all(
      algorithms.map(async (alg) => ({ ...(await exportJWK(pairs[alg].publicKey)), kid: alg })),
    );
    const path = join(folder, `${algorithms.join('-')}.json`);
    writeFileSync(path, JSON.stringify({ keys }));
    return new TokenVerifier({ keys: { kind: 'jwks', path }, clock });
  }

  test.each(['RS256', 'ES256', 'EdDSA'] as const)('a token by %s is good', async (alg) => {
    const all = await verifier('RS256', 'ES256', 'EdDSA');
    expect((await all.verify(await signed(good, { alg, key: pairs[alg].privateKey, kid: alg }))).sub).toBe('ada');
  });

  test('a public key is never taken for a secret', async () => {
    const only = await verifier('RS256');
    for (const type of ['pkcs1', 'spki'] as const) {
      const pem = Buffer.from(pairs.RS256.publicKey.export({ type, format: 'pem' }));
      const token = signed(good, { key: pem, kid: 'RS256' });
      await expect(only.verify(await token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  test('a kid is a name among the keys, never a path', async () => {
    const only = await verifier('RS256');
    writeFileSync(join(folder, 'planted.json'), JSON.stringify(await exportJWK(pairs.ES256.publicKey)));
    for (const kid of ['../../../../dev/null', join(folder, 'planted.json'), '__proto__', "' OR 1=1 --"]) {
      const token = await signed(good, { alg: 'ES256', key: pairs.ES256.privateKey, kid });
      await expect(only.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  test('a key that the token brings along counts for nothing', async () => {
    const only = await verifier('RS256');
    const jwk = await exportJWK(pairs.ES256.publicKey);
    const token = await signed(good, { alg: 'ES256', key: pairs.ES256.privateKey, jwk });
    await expect(only.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
