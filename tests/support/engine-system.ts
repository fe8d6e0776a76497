import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Admission, type AdmissionOptions } from '../../src/engine/admission.ts';
import { startBunServer } from '../../src/engine/bun-server.ts';
import { systemClock } from '../../src/engine/clock.ts';
import type { EventView, FeedDefinition } from '../../src/engine/feed.ts';
import { errorResponse } from '../../src/engine/http-errors.ts';
import type { Log } from '../../src/engine/log/log.ts';
import { SqliteLog, type SqliteLogOptions } from '../../src/engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../../src/engine/metrics.ts';
import type { ReadStep } from '../../src/engine/reader.ts';
import type { TransportTimings } from '../../src/engine/transports/feed-context.ts';
import { FeedServer } from '../../src/engine/transports/feed-server.ts';

export interface EngineSystemOptions {
  readonly log?: Partial<SqliteLogOptions>;
  /** Puts something between the readers and the log, for example delays. */
  readonly wrapLog?: (log: Log) => Log;
  readonly timings?: Partial<TransportTimings>;
  readonly admission?: AdmissionOptions;
  readonly readStep?: ReadStep;
  /** Default {@link TEST_FEED}. */
  readonly feed?: FeedDefinition;
}

export type EngineSystem = Awaited<ReturnType<typeof engineSystem>>;

/** The whole engine without a surface: a real file, a real server on a free port, and the feed {@link TEST_FEED}. */
export async function engineSystem(options: EngineSystemOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-engine-'));
  const path = join(folder, 'millrace.db');
  const log = await SqliteLog.open({ path, ...options.log });
  const metrics = createMetrics();
  const feeds = new FeedServer({
    feeds: [options.feed ?? TEST_FEED],
    log: options.wrapLog?.(log) ?? log,
    snapshots: log,
    clock: systemClock,
    metrics,
    logger: pino({ level: 'silent' }),
    admission: new Admission(options.admission),
    timings: { pingMs: 30_000, pongTimeoutMs: 10_000, heartbeatMs: 15_000, ...options.timings },
    ...(options.readStep ? { readStep: options.readStep } : {}),
  });
  const server = startBunServer({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: 64 * 1024,
    maxBodyBytes: 1024 * 1024,
    handle: (request, connection) =>
      feeds.handle(request, new URL(request.url), connection).catch((error) => errorResponse(error, 'trace')),
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
      log.append(texts.map((text) => ({ type: 'test.said', channel, body: JSON.stringify({ text }) }))),
    async [Symbol.asyncDispose]() {
      feeds.close();
      await log[Symbol.asyncDispose]();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

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
