import { randomBytes } from 'node:crypto';
import { Authenticator } from '../../src/engine/auth/authenticator.ts';
import type { Role } from '../../src/engine/auth/principal.ts';
import { Revocations } from '../../src/engine/auth/revocations.ts';
import { signToken } from '../../src/engine/auth/sign-token.ts';
import { Tickets } from '../../src/engine/auth/tickets.ts';
import { TokenVerifier } from '../../src/engine/auth/token-verifier.ts';
import { type Clock, systemClock } from '../../src/engine/clock.ts';
import type { EventView, FeedAccess, FeedDefinition } from '../../src/engine/feed.ts';
import { RequestGuard } from '../../src/engine/request-guard.ts';
import { MillraceError } from '../../src/protocol/errors.ts';
import { type EngineSystemOptions, engineSystem } from './engine-system.ts';

/** The events of the channel that is named like the project; its members and admins may see them. */
const PROJECT_FEED: FeedDefinition = {
  name: 'project',
  path: '/ws/projects/:project',
  isPrivate: true,
  open(_query: URLSearchParams, _snapshots: unknown, { params, principal }: FeedAccess): EventView {
    const { project = '' } = params;
    const isAdmin = principal?.roles.has('admin') === true;
    const isMember = principal?.projects === '*' || principal?.projects.has(project) === true;
    if (!isAdmin && !isMember) throw new MillraceError('forbidden', `you are no member of ${project}`);
    return {
      key: `${project} ${isAdmin}`,
      project,
      includes: ({ channel }) => channel === project,
      eventType: () => 'said',
      encode: ({ body }, cursor) => `{"type":"said",${body.slice(1, -1)},"cursor":"${cursor}"}`,
    };
  },
};

export interface PrivateSystemOptions
  extends Pick<EngineSystemOptions, 'limits' | 'connections' | 'timings' | 'admission'> {
  /** How long finding out who sends a request takes. Default: no longer than it must. */
  readonly authenticationMs?: () => number;
}

/** The engine with a feed that needs a token, and a wall clock that can be set forward. */
export async function privateSystem({ authenticationMs, ...options }: PrivateSystemOptions = {}) {
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const secret = randomBytes(32);
  const revocations = new Revocations();
  const tickets = new Tickets(clock);
  const verifier = new TokenVerifier({ keys: { kind: 'secret', secret }, clock });
  const guard = new RequestGuard({ allowedOrigins: [], isLoopback: true });
  const known = { verifier, tickets, revocations, guard, clock };
  const authenticator = authenticationMs ? new SlowAuthenticator(known, authenticationMs) : new Authenticator(known);
  const system = await engineSystem({ ...options, authenticator, clock, feed: PROJECT_FEED });
  const at = (project: string) => `http://127.0.0.1:${system.server.port}/ws/projects/${project}`;
  return {
    ...system,
    clock,
    revocations,
    tickets,
    authenticator,
    url: at('p1'),
    at,
    /** Lets the wall clock, and nothing else, go forward. */
    jumpAhead(ms: number) {
      aheadMs += ms;
    },
    /** Good for a minute. */
    token: (sub: string, { roles = [] as readonly Role[], projects = ['p1'], ttlMs = 60_000 } = {}) =>
      signToken(secret, { sub, roles, projects, ttlMs, now: clock.now() }),
  };
}

/** Takes its time, each request another. */
class SlowAuthenticator extends Authenticator {
  readonly #delayMs: () => number;

  constructor(options: ConstructorParameters<typeof Authenticator>[0], delayMs: () => number) {
    super(options);
    this.#delayMs = delayMs;
  }

  override async authenticate(request: Request, url: URL) {
    await Bun.sleep(this.#delayMs());
    return super.authenticate(request, url);
  }
}
