import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Role } from './principal.ts';

export interface TokenClaims {
  readonly sub: string;
  readonly roles: readonly Role[];
  /** Project ids; `*` for all. */
  readonly projects: readonly string[] | '*';
  readonly ttlMs: number;
  /** Wall-clock milliseconds. */
  readonly now: number;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** A token signed with the shared secret (HS256), with an id of its own for its revocation. */
export async function signToken(
  secret: Uint8Array,
  { sub, roles, projects, ttlMs, now, issuer, audience }: TokenClaims,
): Promise<string> {
  const token = new SignJWT({ roles, projects })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.ceil((now + ttlMs) / 1_000));
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(secret);
}
