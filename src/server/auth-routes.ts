import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { type Authenticator, SESSION_COOKIE } from '../engine/auth/authenticator.ts';
import { isAdmin, type Principal } from '../engine/auth/principal.ts';
import { type Revocation, type Revocations, revokedEvent } from '../engine/auth/revocations.ts';
import { signToken } from '../engine/auth/sign-token.ts';
import type { Tickets } from '../engine/auth/tickets.ts';
import type { Clock } from '../engine/clock.ts';
import { invalidRequest, issuesOf } from '../engine/http/issues.ts';
import { readJsonObject } from '../engine/http/read-json.ts';
import { adminOf, auditOf, principalOf } from '../engine/http/request-bindings.ts';
import type { Log } from '../engine/log/log.ts';
import { MillraceError } from '../protocol/errors.ts';

export interface AuthRoutesOptions {
  readonly authenticator: Authenticator;
  readonly tickets: Tickets;
  readonly revocations: Revocations;
  readonly log: Log;
  readonly clock: Clock;
  /** Signs the local person in, where there is one: on loopback, with a secret of the server's own. */
  readonly localSecret: Uint8Array | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Whether browsers must send the cookie over HTTPS only. */
  readonly isSecure: boolean;
}

const MAX_BODY_BYTES = 16 * 1024;
const LOCAL_SESSION_MS = 12 * 60 * 60 * 1_000;
const LOCAL_USER = 'local';

const signInSchema = z.object({ token: z.string().min(1).optional() });
const revocationSchema = z.union([
  z.strictObject({ jti: z.string().min(1).max(200) }),
  z.strictObject({ sub: z.string().min(1).max(200) }),
]);

/** Signing in and out of a browser, tickets and revocations (CONTRACT, 002). */
export function authRoutes(options: AuthRoutesOptions): Hono {
  const { authenticator, tickets, revocations, log, clock } = options;
  const routes = new Hono();

  routes.get('/auth/session', async (context) => context.json(shown(await principalOf(context))));

  routes.post('/auth/session', async (context) => {
    auditOf(context).describe({ action: 'session.started', resource_type: 'session', resource_id: '' });
    const token = await tokenToSignInWith(context, options);
    const principal = await authenticator.verify(token);
    auditOf(context).by(principal.sub);
    const maxAgeS = Math.max(0, Math.floor((principal.expiresAt - clock.now()) / 1_000));
    context.header('set-cookie', cookie(token, maxAgeS, options.isSecure));
    return context.json(shown(principal), 201);
  });

  routes.delete('/auth/session', async (context) => {
    auditOf(context).describe({ action: 'session.ended', resource_type: 'session', resource_id: '' });
    // A session that is over already is signed out of all the same.
    const principal = await principalOf(context).catch(() => undefined);
    if (principal?.tokenId !== undefined) await revoke({ jti: principal.tokenId, until: principal.expiresAt });
    context.header('set-cookie', cookie('', 0, options.isSecure));
    return context.body(null, 204);
  });

  routes.post('/auth/ticket', async (context) => {
    const principal = await principalOf(context);
    auditOf(context).describe({ action: 'ticket.issued', resource_type: 'session', resource_id: principal.sub });
    const { ticket, expiresInMs } = tickets.issue(principal);
    return context.json({ ticket, expires_in: expiresInMs / 1_000 }, 201);
  });

  routes.post('/api/v1/tokens/revoke', async (context) => {
    auditOf(context).describe({ action: 'token.revoked', resource_type: 'token', resource_id: '' });
    await adminOf(context);
    const parsed = revocationSchema.safeParse((await readJsonObject(context.req.raw, MAX_BODY_BYTES)).value);
    if (!parsed.success) throw invalidRequest([{ path: '', message: 'must hold either jti or sub' }], parsed.error);
    await revoke(parsed.data, context);
    return context.json({ revoked: parsed.data });
  });

  /** In force for new requests at once, for open streams at their next look. */
  async function revoke(revocation: Revocation, context?: Context): Promise<void> {
    const [kind, name] = 'jti' in revocation ? ['token', revocation.jti] : ['user', revocation.sub];
    const action = { action: 'token.revoked', resource_type: kind, resource_id: name };
    const audited = context ? [auditOf(context).success(action)] : [];
    const { records } = await log.append([revokedEvent(revocation), ...audited]);
    revocations.add(revocation, records[0]?.at ?? clock.now());
  }

  return routes;
}

/** The token that is given; without one, a token for the person at this machine. */
async function tokenToSignInWith(context: Context, options: AuthRoutesOptions): Promise<string> {
  const { clock, localSecret, issuer, audience } = options;
  const hasBody = (context.req.header('content-type') ?? '') !== '';
  const body = hasBody ? (await readJsonObject(context.req.raw, MAX_BODY_BYTES)).value : {};
  const parsed = signInSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  const token = parsed.data.token ?? /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (token !== undefined) return token;
  // A browser names the page that asks; the guard has let only this server's own and those on the list pass.
  const isPage = context.req.header('origin') !== undefined;
  if (localSecret === undefined || !isPage) {
    throw new MillraceError('unauthorized', 'sign in with a token: see `millrace token`');
  }
  const claims = {
    sub: LOCAL_USER,
    roles: ['admin'],
    projects: '*',
    ttlMs: LOCAL_SESSION_MS,
    now: clock.now(),
  } as const;
  return signToken(localSecret, { ...claims, issuer, audience });
}

function cookie(value: string, maxAgeS: number, isSecure: boolean): string {
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

function shown(principal: Principal) {
  const { sub, roles, projects, expiresAt } = principal;
  return {
    user: sub,
    roles: [...roles],
    is_admin: isAdmin(principal),
    projects: projects === '*' ? '*' : [...projects],
    expires_at: new Date(expiresAt).toISOString(),
  };
}
