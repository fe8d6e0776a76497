import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { Admission } from '../engine/admission.ts';
import { AuditTrail } from '../engine/audit/audit-trail.ts';
import { ConnectionLimits } from '../engine/auth/connection-limits.ts';
import { startBunServer } from '../engine/bun-server.ts';
import { systemClock } from '../engine/clock.ts';
import { BodyBudget } from '../engine/http/body-budget.ts';
import { IngestGate } from '../engine/ingest-gate.ts';
import { SqliteLog } from '../engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../engine/metrics.ts';
import { isLoopbackHost, RequestGuard } from '../engine/request-guard.ts';
import { positionCheck } from '../engine/store/position-check.ts';
import type { SurfaceContext } from '../engine/surface.ts';
import { setTcpUserTimeout } from '../engine/tcp-user-timeout.ts';
import { FeedServer } from '../engine/transports/feed-server.ts';
import { Turns } from '../engine/turns.ts';
import { createApp } from './app.ts';
import { type Config, needsToken } from './config.ts';
import { databasePath } from './database-path.ts';
import { openAuth } from './open-auth.ts';
import { operationsRoutes, slowestLag } from './operations.ts';
import { loadPageRenderer } from './page-renderer.ts';
import { Pages } from './pages.ts';
import { projections } from './projections.ts';
import { StaticFiles } from './static-files.ts';
import { createSurfaces, type SurfaceParts } from './surfaces.ts';

export interface Millrace extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
}

export interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Folder of the built dashboard. Default: `dist/web` of this package. */
  readonly webFolder?: string;
  /** Measures the disk of the data folder. Default: by asking the system. */
  readonly measureDisk?: SurfaceParts['measureDisk'];
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MIB = 1024 * 1024;
/** A client's WebSocket message may be this large (PROMISES, security 5). */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Requests up to here get Millrace's own words for being too large, above it the server's bare 413. */
const MIN_BODY_LIMIT_BYTES = 16 * MIB;
/** The bodies of all requests under way, together. */
const MIN_BODIES_BYTES = 256 * MIB;
/** From when something is sent to when the system begins to count, with some room. */
const TCP_RETRY_MS = 1_000;

/** Opens the log, assembles the surfaces and listens. Rejects, leaving nothing open, when one of these fails. */
export async function startMillrace({ config, logger, webFolder, measureDisk }: StartOptions): Promise<Millrace> {
  await using stack = new AsyncDisposableStack();
  // Ended in reverse: streams first, then the log, which answers the appends it has taken, then the connections.
  let stopServer = async () => {};
  stack.defer(() => stopServer());
  const metrics = createMetrics();
  const log = stack.use(await openLog(config, metrics));
  const isLoopback = isLoopbackHost(config.host);
  const requiresToken = needsToken(config);
  const surfaces = createSurfaces(config, measureDisk === undefined ? {} : { measureDisk });
  const guard = new RequestGuard({ allowedOrigins: config.allowedOrigins, isLoopback });
  const trail = new AuditTrail({ log, clock: systemClock, metrics, logger });
  const auth = await openAuth({ config, log, guard });

  const connections = new ConnectionLimits({
    perUser: config.maxConnectionsPerUser,
    perProject: config.maxConnectionsPerProject,
  });
  const feeds = new FeedServer({
    feeds: surfaces.flatMap((surface) => surface.feeds),
    log,
    snapshots: log,
    clock: systemClock,
    metrics,
    logger,
    admission: new Admission(config.maxConnections === undefined ? {} : { maxConnections: config.maxConnections }),
    authenticator: auth.authenticator,
    connections,
    requiresToken,
    onRefused: ({ path, address, user = 'anonymous' }) => {
      const refused = { action: 'feed.opened', resource_type: 'path', resource_id: path, outcome: 'denied' } as const;
      void trail.record({ actor: user, ...refused, ip: address });
    },
    timings: { pingMs: config.wsPingMs, pongTimeoutMs: config.wsPongTimeoutMs, heartbeatMs: config.sseHeartbeatMs },
  });
  const limits = { maxBytes: config.ingestMaxBytes };
  const timings = { staleAfterMs: config.staleAfterMs, selfCheckMs: config.selfCheckMs };
  const turns = new Turns();
  const shared = { log, snapshots: log, clock: systemClock, metrics, limits, timings, turns, logger };
  const load = {
    queuedEvents: () => log.queued,
    clients: () => ({ connected: feeds.readers.size, slowestLag: slowestLag(log, feeds.readers) }),
  };
  const ingestGate = new IngestGate();
  const bodies = new BodyBudget({
    maxBytes: Math.max(MIN_BODIES_BYTES, 4 * config.ingestMaxBytes),
    undeclaredBytes: config.ingestMaxBytes,
  });
  const surfaceContext: SurfaceContext = { ...shared, presence: connections, load, ingestGate };
  const files = await StaticFiles.load(webFolder ?? built('web'));
  const renderer = await loadPageRenderer(built('ssr/render.js'));
  const app = createApp({
    routes: [
      operationsRoutes({ log, metrics, bodies, feeds }),
      auth.routes,
      ...surfaces.map((surface) => surface.routes(surfaceContext)),
    ],
    feeds,
    files,
    pages: new Pages({ files, renderer, logger }),
    guard,
    authenticator: auth.authenticator,
    trail,
    requiresToken,
    ingestPaths: new Set(surfaces.flatMap((surface) => surface.ingestPaths ?? [])),
    unauditedPaths: new Set(surfaces.flatMap((surface) => surface.unauditedPaths ?? [])),
    ingestGate,
    bodies,
    metrics,
    logger,
  });
  for (const surface of surfaces) await surface.prepare?.(surfaceContext);
  const server = startBunServer({
    host: config.host,
    port: config.port,
    handle: app,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxBodyBytes: Math.max(MIN_BODY_LIMIT_BYTES, 2 * config.ingestMaxBytes),
  });
  stopServer = () => server.stop();
  endSilentPeers(server.port, { config, logger });
  const selfChecks = [positionCheck(projections), ...surfaces.flatMap((surface) => surface.selfChecks ?? [])];
  for (const surface of surfaces) stack.use(surface.start?.({ ...surfaceContext, selfChecks }));
  stack.defer(() => feeds.close());
  const owned = stack.move();

  const name = config.host.includes(':') ? `[${config.host}]` : config.host;
  return { url: `http://${name}:${server.port}`, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Nobody pings a reader of SSE: the system has to find that it is gone, within the time that a WebSocket's peer is given. */
function endSilentPeers(port: number, { config, logger }: Pick<StartOptions, 'config' | 'logger'>): void {
  const { wsPingMs, wsPongTimeoutMs, sseHeartbeatMs } = config;
  // What it doesn't take is sent with the next heartbeat at the latest.
  const timeoutMs = wsPingMs + wsPongTimeoutMs - sseHeartbeatMs - TCP_RETRY_MS;
  try {
    setTcpUserTimeout(port, Math.max(wsPongTimeoutMs, timeoutMs));
  } catch (error) {
    logger.info(
      { err: error },
      'readers of SSE that are gone without a word are found late, by the system’s own rules',
    );
  }
}

/** What `npm run build` has made. */
function built(name: string): string {
  return fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
}

async function openLog(config: Config, metrics: ReturnType<typeof createMetrics>): Promise<SqliteLog> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  return SqliteLog.open({
    path: databasePath(config.dataDir),
    entry: new URL('./log-writer.ts', import.meta.url),
    maxQueuedEvents: config.ingestQueue,
    retention: {
      maxAgeMs: config.retentionDays * DAY_MS,
      maxEvents: config.retentionEvents,
      maxBytes: config.retentionMb * MIB,
    },
    onCommitted({ events, commitMs }) {
      metrics.eventsAppended.inc(events);
      metrics.batchEvents.observe(events);
      metrics.commitSeconds.observe(commitMs / 1_000);
    },
  });
}
