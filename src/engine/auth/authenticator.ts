import { MillraceError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import type { RequestGuard } from '../request-guard.ts';
import type { Principal } from './principal.ts';
import type { Revocations } from './revocations.ts';
import type { Tickets } from './tickets.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Cookie of a browser's session; its value is a token. */
export const SESSION_COOKIE = 'millrace_session';
/** Offered as a WebSocket subprotocol in front of a token, where a client can set no header. */
export const BEARER_PROTOCOL = 'bearer';

export interface AuthenticatorOptions {
  readonly verifier: TokenVerifier;
  readonly tickets: Tickets;
  readonly revocations: Revocations;
  readonly guard: RequestGuard;
  readonly clock: Clock;
}

/** Finds out who sends a request (CONTRACT, 002). */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Undefined when the request shows nothing; throws `unauthorized` when what it shows is not good. */
  async authenticate(request: Request, url: URL): Promise<Principal | undefined> {
    const ticket = url.searchParams.get('ticket');
    if (ticket !== null) return this.#redeem(ticket);
    const token = headerToken(request) ?? protocolToken(request) ?? url.searchParams.get('token') ?? undefined;
    if (token !== undefined) return this.verify(token);
    const cookie = cookieToken(request);
    if (cookie === undefined) return undefined;
    this.#checkOrigin(request, url);
    return this.verify(cookie);
  }

  /** Whom a token belongs to; throws `unauthorized`. */
  async verify(token: string): Promise<Principal> {
    const principal = await this.#options.verifier.verify(token);
    if (this.isOver(principal)) throw new MillraceError('unauthorized', 'the token was revoked or has expired');
    return principal;
  }

  /** Whether what somebody showed has expired or was revoked since. */
  isOver(principal: Principal): boolean {
    return principal.expiresAt <= this.#options.clock.now() || this.#options.revocations.has(principal);
  }

  #redeem(ticket: string): Principal {
    const principal = this.#options.tickets.redeem(ticket);
    if (principal && !this.isOver(principal)) return principal;
    throw new MillraceError('unauthorized', 'the ticket was used, has expired or never was');
  }

  /** A browser sends the cookie along whoever's page it is that asks. */
  #checkOrigin(request: Request, url: URL): void {
    const origin = request.headers.get('origin');
    if (origin === null || this.#options.guard.isAllowed(origin, url)) return;
    throw new MillraceError('forbidden_origin', `the origin ${origin} may not use the session of this browser`);
  }
}

/** Whatever stands there is the token: one that is none is refused, and nothing else is tried in its place. */
function headerToken(request: Request): string | undefined {
  return /^Bearer +(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

function protocolToken(request: Request): string | undefined {
  const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  const index = offered.indexOf(BEARER_PROTOCOL);
  return index < 0 ? undefined : (offered[index + 1] ?? '');
}

function cookieToken(request: Request): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (pair.slice(0, separator).trim() === SESSION_COOKIE) return pair.slice(separator + 1).trim();
  }
  return undefined;
}
