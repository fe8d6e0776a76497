import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Admission, type AdmissionOptions } from '../../src/engine/admission.ts';
import { Authenticator } from '../../src/engine/auth/authenticator.ts';
import { ConnectionLimits, type ConnectionLimitsOptions } from '../../src/engine/auth/connection-limits.ts';
import { RequestIdentity } from '../../src/engine/auth/request-identity.ts';
import { Revocations } from '../../src/engine/auth/revocations.ts';
import { Tickets } from '../../src/engine/auth/tickets.ts';
import { TokenVerifier } from '../../src/engine/auth/token-verifier.ts';
import { startBunServer } from '../../src/engine/bun-server.ts';
import { type Clock, systemClock } from '../../src/engine/clock.ts';
import type { EventView, FeedDefinition } from '../../src/engine/feed.ts';
import { errorResponse } from '../../src/engine/http-errors.ts';
import type { Log } from '../../src/engine/log/log.ts';
import { SqliteLog, type SqliteLogOptions } from '../../src/engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../../src/engine/metrics.ts';
import type { ReadStep } from '../../src/engine/reader.ts';
import { RequestGuard } from '../../src/engine/request-guard.ts';
import type { TransportTimings } from '../../src/engine/transports/feed-context.ts';
import { FeedServer } from '../../src/engine/transports/feed-server.ts';

export interface EngineSystemOptions {
  readonly log?: Partial<SqliteLogOptions>;
  /** Puts something between the log and whoever reads it or appends to it, for example delays. */
  readonly wrapLog?: (log: Log) => Log;
  readonly timings?: Partial<TransportTimings>;
  readonly admission?: AdmissionOptions;
  readonly readStep?: ReadStep;
  /** Who is known; only private feeds ask. */
  readonly authenticator?: Authenticator;
  readonly limits?: ConnectionLimitsOptions;
  /** Replaced only by the test that shows why a limit is checked and counted in one step. */
  readonly connections?: ConnectionLimits;
  readonly clock?: Clock;
  /** Default {@link TEST_FEED}. */
  readonly feed?: FeedDefinition;
}

export type EngineSystem = Awaited<ReturnType<typeof engineSystem>>;

/** The whole engine without a surface: a real file, a real server on a free port, and the feed {@link TEST_FEED}. */
export async function engineSystem(options: EngineSystemOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-engine-'));
  const path = join(folder, 'millrace.db');
  const log = await SqliteLog.open({ path, ...options.log });
  const seen = options.wrapLog?.(log) ?? log;
  const metrics = createMetrics();
  const authenticator = options.authenticator ?? nobodyKnown;
  const feeds = new FeedServer({
    feeds: [options.feed ?? TEST_FEED],
    log: seen,
    snapshots: log,
    clock: options.clock ?? systemClock,
    metrics,
    logger: pino({ level: 'silent' }),
    admission: new Admission(options.admission),
    authenticator,
    connections: options.connections ?? new ConnectionLimits(options.limits),
    requiresToken: false,
    onRefused: () => {},
    timings: { pingMs: 30_000, pongTimeoutMs: 10_000, heartbeatMs: 15_000, ...options.timings },
    ...(options.readStep ? { readStep: options.readStep } : {}),
  });
  const server = startBunServer({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: 64 * 1024,
    maxBodyBytes: 1024 * 1024,
    handle(request, connection) {
      const url = new URL(request.url);
      const identity = new RequestIdentity(authenticator, request, url);
      return feeds
        .handle({ request, url, connection, identity })
        .catch((error: unknown) => errorResponse(error, 'trace'));
    },
  });
  return {
    log,
    path,
    feeds,
    metrics,
    server,
    url: `http://127.0.0.1:${server.port}${TEST_FEED.path}`,
    /** Appends one event with this text to a channel. */
    append: (channel: string, ...texts: string[]) =>
      seen.append(texts.map((text) => ({ type: 'test.said', channel, body: JSON.stringify({ text }) }))),
    async [Symbol.asyncDispose]() {
      feeds.close();
      await log[Symbol.asyncDispose]();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For feeds that ask nobody who they are. */
export const nobodyKnown = new Authenticator({
  verifier: new TokenVerifier({ keys: { kind: 'secret', secret: randomBytes(32) }, clock: systemClock }),
  tickets: new Tickets(systemClock),
  revocations: new Revocations(),
  guard: new RequestGuard({ allowedOrigins: [], isLoopback: true }),
  clock: systemClock,
});

/** Shows every event, or those of `?channel=`, as `{"type":"said","text","cursor"}`. */
export const TEST_FEED = {
  name: 'test',
  path: '/feed',
  open(query: URLSearchParams): EventView {
    const channel = query.get('channel');
    return {
      key: channel ?? '*',
      includes: (record) => channel === null || record.channel === channel,
      eventType: () => 'said',
      encode: ({ body }, cursor) => `{"type":"said",${body.slice(1, -1)},"cursor":"${cursor}"}`,
    };
  },
} satisfies FeedDefinition;
