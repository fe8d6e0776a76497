import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import type { AuditedAction, AuditOutcome } from '../engine/audit/audit-entry.ts';
import type { AuditTrail } from '../engine/audit/audit-trail.ts';
import { RequestAudit } from '../engine/audit/request-audit.ts';
import type { Authenticator } from '../engine/auth/authenticator.ts';
import { RequestIdentity } from '../engine/auth/request-identity.ts';
import type { BodyBudget } from '../engine/http/body-budget.ts';
import type { RequestBindings } from '../engine/http/request-bindings.ts';
import { asMillraceError, errorResponse, logLevelOf } from '../engine/http-errors.ts';
import type { IngestGate } from '../engine/ingest-gate.ts';
import type { Metrics } from '../engine/metrics.ts';
import type { RequestGuard } from '../engine/request-guard.ts';
import type { Connection } from '../engine/socket.ts';
import type { FeedServer } from '../engine/transports/feed-server.ts';
import { MillraceError } from '../protocol/errors.ts';
import type { Pages } from './pages.ts';
import type { StaticFiles } from './static-files.ts';

export interface AppOptions {
  readonly routes: readonly Hono[];
  readonly authenticator: Authenticator;
  readonly trail: AuditTrail;
  /** Whether every request needs a token; the dashboard's files and signing in don't. */
  readonly requiresToken: boolean;
  /** Paths that take in events: shut by the gate, and their requests are not audited. */
  readonly ingestPaths: ReadonlySet<string>;
  /** Other paths whose requests are not audited. */
  readonly unauditedPaths: ReadonlySet<string>;
  readonly ingestGate: IngestGate;
  readonly bodies: BodyBudget;
  readonly feeds: FeedServer;
  readonly files: StaticFiles;
  readonly pages: Pages;
  readonly guard: RequestGuard;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export type App = (request: Request, connection: Connection) => Promise<Response | undefined>;

/** Scripts and styles come from this server alone, and nobody may put its pages into a frame (PROMISES, security 12). */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** One request's way: guard, then feed, route, file or page. Every error leaves here as the one error shape. */
export function createApp(options: AppOptions): App {
  const { routes, feeds, files, pages, guard, metrics, logger, authenticator, trail, requiresToken } = options;
  const { ingestPaths, unauditedPaths, ingestGate, bodies } = options;
  const hono = new Hono<{ Bindings: RequestBindings }>();
  // Here, and not before: what the path means, whatever it is written like, is what the router makes of it.
  const requireToken: MiddlewareHandler<{ Bindings: RequestBindings }> = async (context, next) => {
    const isRoute = matchedRoutes(context).some(({ handler }) => handler !== requireToken);
    if (isRoute && !PUBLIC_ROUTES.has(context.req.path)) await context.env.identity.required();
    await next();
  };
  if (requiresToken) hono.use(requireToken);
  hono.on(CHANGING, [...ingestPaths], async (_context, next) => {
    ingestGate.assertOpen();
    await next();
  });
  for (const route of routes) hono.route('/', route);
  hono.onError((error) => {
    throw error;
  });
  hono.notFound((context) => fileOf(context.req.raw, files) ?? showPage(context));

  /** The dashboard itself, for a person's browser; it knows its pages. */
  async function showPage({ req, env }: Context<{ Bindings: RequestBindings }>): Promise<Response> {
    const request = req.raw;
    const url = new URL(request.url);
    const wantsPage = isReading(request) && (request.headers.get('accept') ?? '').includes('text/html');
    if (!wantsPage) throw new MillraceError('not_found', `there is nothing at ${request.method} ${url.pathname}`);
    const isKnown = !requiresToken || (await env.identity.principal().catch(() => undefined)) !== undefined;
    return pages.respond(request, url, async (path, { headers, signal } = {}) => {
      // Nobody has signed in yet: the page asks for that, and a denial would be audited.
      if (!isKnown) throw new MillraceError('unauthorized', 'nobody is signed in');
      const inner = new Request(new URL(path, url).href, { headers: onBehalfOf(request, headers) });
      const response = await answer(inner, env.connection);
      signal?.throwIfAborted();
      if (!response) throw new MillraceError('internal', `${path} was not answered`);
      return response;
    });
  }

  return answer;

  async function answer(request: Request, connection: Connection): Promise<Response | undefined> {
    const url = URL.parse(request.url);
    // CONNECT, and HTTP/1.0 without a Host: it asks for nothing that could be here.
    if (url === null) return refuse(new MillraceError('invalid_request', 'the request names no host'), request);
    const identity = new RequestIdentity(authenticator, request, url);
    const audit = new RequestAudit(connection.remoteAddress(), defaultAction(request, url));
    const isAudited = isChanging(request) && !ingestPaths.has(url.pathname) && !unauditedPaths.has(url.pathname);
    try {
      guard.check(request, url);
      if (feeds.has(url.pathname)) {
        const response = await feeds.handle({ request, url, connection, identity });
        if (response) decorate(response, guard.corsHeaders(request));
        return response;
      }
      const bindings: RequestBindings = {
        remoteAddress: () => connection.remoteAddress(),
        connection,
        identity,
        audit,
      };
      const response = preflight(request) ?? (await route(request, bindings));
      if (isAudited && !audit.isRecorded) await leaveTrail(response.ok ? 'success' : 'failure');
      decorate(response, guard.corsHeaders(request));
      return response;
    } catch (error) {
      const known = asMillraceError(error);
      const isDenied = DENIALS.has(known.code) && !isAskingWhoIAm(request, url);
      if (isDenied || isAudited) await leaveTrail(isDenied ? 'denied' : 'failure');
      return refuse(known, request, url.pathname);
    }

    async function leaveTrail(outcome: AuditOutcome): Promise<void> {
      const principal = await identity.principal().catch(() => undefined);
      if (principal) audit.by(principal.sub);
      await trail.record(audit.entry(outcome));
    }
  }

  async function route(request: Request, bindings: RequestBindings): Promise<Response> {
    const bytes = bodies.enter(request);
    try {
      return await hono.fetch(request, bindings);
    } finally {
      bodies.leave(bytes);
    }
  }

  function refuse(error: MillraceError, request: Request, path?: string): Response {
    const traceId = randomUUID();
    metrics.rejects.inc({ reason: error.code });
    logger[logLevelOf(error)]({ err: error, traceId, method: request.method, path }, 'request refused');
    const response = errorResponse(error, traceId);
    decorate(response, guard.corsHeaders(request));
    return response;
  }
}

const DENIALS: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'forbidden_origin']);

/** The methods of requests that bring something. */
const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];

function isChanging({ method }: Request): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** A dashboard asks this before anybody has signed in. */
function isAskingWhoIAm(request: Request, url: URL): boolean {
  return url.pathname === '/auth/session' && request.method === 'GET';
}

/** Until a handler says it better. */
function defaultAction({ method }: Request, { pathname }: URL): AuditedAction {
  return { action: `request.${method.toLowerCase()}`, resource_type: 'path', resource_id: pathname };
}

/** What somebody needs who has no token yet: signing in, and what a supervisor asks. Files and pages are no routes. */
const PUBLIC_ROUTES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/auth/session']);

function decorate(response: Response, cors: Record<string, string>): void {
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...cors })) response.headers.set(name, value);
}

/** The guard has let the origin pass, so what it asks for is allowed. */
function preflight(request: Request): Response | undefined {
  if (request.method !== 'OPTIONS') return undefined;
  const headers = {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers':
      'content-type, idempotency-key, if-match, if-none-match, last-event-id, authorization',
    'access-control-max-age': '600',
  };
  return new Response(null, { status: 204, headers });
}

/** A file of the dashboard. */
function fileOf(request: Request, files: StaticFiles): Response | undefined {
  const { pathname } = new URL(request.url);
  return isReading(request) && pathname !== '/index.html' ? files.respond(pathname, request) : undefined;
}

function isReading({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Who asks, and where from, is the one who asked for the page. */
function onBehalfOf(request: Request, headers: Record<string, string> | undefined): Headers {
  const own = new Headers(headers);
  for (const name of ['host', 'cookie', 'authorization']) {
    const value = request.headers.get(name);
    if (value !== null) own.set(name, value);
  }
  return own;
}
