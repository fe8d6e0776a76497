import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import * as z from 'zod';
import { MillraceError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import { type Principal, ROLES, type Role } from './principal.ts';

/** What tokens are signed with: a shared secret (HS256), or the public keys of an issuer. */
export type TokenKeys =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  | { readonly kind: 'jwks'; readonly path: string };

export interface TokenVerifierOptions {
  readonly keys: TokenKeys;
  /** Checked when given. */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly clock: Clock;
}

/** A token that is longer is not looked at. */
const MAX_TOKEN_CHARACTERS = 8_192;
/** Never what the token says of itself: `none`, or a public key taken for a secret, would pass. */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Beyond this a number of seconds is no date. */
const MAX_SECONDS = 8_640_000_000_000;

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number().max(MAX_SECONDS),
  iat: z.number().min(0).max(MAX_SECONDS).optional(),
  jti: z.string().max(200).optional(),
  roles: z.array(z.string()).default([]),
  projects: z.union([z.literal('*'), z.array(z.string().max(200)).max(10_000)]).default([]),
});

/** Checks tokens (PROMISES, security 2). */
export class TokenVerifier {
  readonly #key: Uint8Array | JWTVerifyGetKey;
  readonly #options: JWTVerifyOptions;
  readonly #clock: Clock;

  /** Throws when the file of keys can't be read or is none. */
  constructor({ keys, issuer, audience, clock }: TokenVerifierOptions) {
    this.#key = keys.kind === 'secret' ? keys.secret : createLocalJWKSet(JSON.parse(readFileSync(keys.path, 'utf8')));
    this.#options = {
      algorithms: keys.kind === 'secret' ? ['HS256'] : PUBLIC_KEY_ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
    };
    this.#clock = clock;
  }

  /** Throws `unauthorized`, saying no more than that the token is not good. */
  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_CHARACTERS) throw refused();
    const payload = await this.#payload(token).catch((cause: unknown) => {
      throw refused(cause);
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw refused(claims.error);
    const { sub, exp, iat = 0, jti, roles, projects } = claims.data;
    return {
      sub,
      roles: new Set(roles.filter(isRole)),
      projects: projects === '*' || projects.includes('*') ? '*' : new Set(projects),
      tokenId: jti,
      issuedAt: Math.floor(iat * 1_000),
      expiresAt: Math.floor(exp * 1_000),
    };
  }

  async #payload(token: string): Promise<JWTPayload> {
    const options = { ...this.#options, currentDate: new Date(this.#clock.now()) };
    const { payload } =
      this.#key instanceof Uint8Array
        ? await jwtVerify(token, this.#key, options)
        : await jwtVerify(token, this.#key, options);
    return payload;
  }
}

function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}

function refused(cause?: unknown): MillraceError {
  return new MillraceError('unauthorized', 'the token is missing, wrong or expired', { cause });
}
