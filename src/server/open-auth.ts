import type { Hono } from 'hono';
import { Authenticator } from '../engine/auth/authenticator.ts';
import { Revocations } from '../engine/auth/revocations.ts';
import { Tickets } from '../engine/auth/tickets.ts';
import { TokenVerifier, type TokenVerifierOptions } from '../engine/auth/token-verifier.ts';
import { systemClock } from '../engine/clock.ts';
import type { SqliteLog } from '../engine/log/sqlite/sqlite-log.ts';
import { isLoopbackHost, type RequestGuard } from '../engine/request-guard.ts';
import { authRoutes } from './auth-routes.ts';
import { type Config, ConfigError } from './config.ts';
import { SETTINGS } from './settings.ts';
import { loadTokenKeys } from './token-keys.ts';

export interface Auth {
  readonly authenticator: Authenticator;
  readonly routes: Hono;
}

/** Finds the keys and puts together what knows people by their tokens. */
export async function openAuth(options: {
  readonly config: Config;
  readonly log: SqliteLog;
  readonly guard: RequestGuard;
}): Promise<Auth> {
  const { config, log, guard } = options;
  const clock = systemClock;
  const { jwtIssuer: issuer, jwtAudience: audience } = config;
  const keys = await loadTokenKeys(config);
  const tickets = new Tickets(clock);
  const revocations = await Revocations.load(log);
  const verifier = verifierOf(config, { keys, issuer, audience, clock });
  const authenticator = new Authenticator({ verifier, tickets, revocations, guard, clock });
  const isLocal = isLoopbackHost(config.host);
  const routes = authRoutes({
    authenticator,
    tickets,
    revocations,
    log,
    clock,
    localSecret: isLocal && keys.kind === 'secret' ? keys.secret : undefined,
    issuer,
    audience,
    isSecure: !isLocal,
  });
  return { authenticator, routes };
}

function verifierOf({ jwksFile = '' }: Config, options: TokenVerifierOptions): TokenVerifier {
  try {
    return new TokenVerifier(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `${SETTINGS.jwksFile.variable} is "${jwksFile}": it must be ${SETTINGS.jwksFile.allowed} (${reason})`;
    throw new ConfigError(text, { cause });
  }
}
