import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { RequestBindings } from '../engine/http/client-address.ts';
import { asMillraceError, errorResponse, logLevelOf } from '../engine/http-errors.ts';
import type { Metrics } from '../engine/metrics.ts';
import type { RequestGuard } from '../engine/request-guard.ts';
import type { Connection } from '../engine/socket.ts';
import type { FeedServer } from '../engine/transports/feed-server.ts';
import { MillraceError } from '../protocol/errors.ts';
import type { StaticFiles } from './static-files.ts';

export interface AppOptions {
  readonly routes: readonly Hono[];
  readonly feeds: FeedServer;
  readonly files: StaticFiles;
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
const NOT_BUILT = 'The dashboard is not built: run `npm run build`. The API and the feeds work without it.\n';

/** One request's way: guard, then feed, route, file or page. Every error leaves here as the one error shape. */
export function createApp({ routes, feeds, files, guard, metrics, logger }: AppOptions): App {
  const hono = new Hono();
  for (const route of routes) hono.route('/', route);
  hono.onError((error) => {
    throw error;
  });
  hono.notFound((context) => page(context.req.raw, files));

  return async (request, connection) => {
    const url = new URL(request.url);
    try {
      guard.check(request, url);
      const response = feeds.has(url.pathname)
        ? await feeds.handle(request, url, connection)
        : (preflight(request) ?? (await hono.fetch(request, bindings(connection))));
      if (response) decorate(response, guard.corsHeaders(request));
      return response;
    } catch (error) {
      const known = asMillraceError(error);
      const traceId = randomUUID();
      metrics.rejects.inc({ reason: known.code });
      logger[logLevelOf(known)]({ err: known, traceId, method: request.method, path: url.pathname }, 'request refused');
      const response = errorResponse(known, traceId);
      decorate(response, guard.corsHeaders(request));
      return response;
    }
  };
}

function bindings(connection: Connection): RequestBindings {
  return { remoteAddress: () => connection.remoteAddress() };
}

function decorate(response: Response, cors: Record<string, string>): void {
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...cors })) response.headers.set(name, value);
}

/** The guard has let the origin pass, so what it asks for is allowed. */
function preflight(request: Request): Response | undefined {
  if (request.method !== 'OPTIONS') return undefined;
  const headers = {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'content-type, idempotency-key, last-event-id, authorization',
    'access-control-max-age': '600',
  };
  return new Response(null, { status: 204, headers });
}

/** A file of the dashboard; for a person's browser on any other path the dashboard itself, which knows its pages. */
function page(request: Request, files: StaticFiles): Response {
  const { pathname } = new URL(request.url);
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const file = isReading ? files.respond(pathname, request) : undefined;
  if (file) return file;
  const wantsPage = isReading && (request.headers.get('accept') ?? '').includes('text/html');
  if (!wantsPage) throw new MillraceError('not_found', `there is nothing at ${request.method} ${pathname}`);
  return (
    files.respond('/index.html', request) ??
    new Response(NOT_BUILT, { status: 503, headers: { 'content-type': 'text/plain' } })
  );
}
