import { Hono } from 'hono';
import type { BodyBudget } from '../engine/http/body-budget.ts';
import type { Log } from '../engine/log/log.ts';
import type { Metrics } from '../engine/metrics.ts';
import type { Reader } from '../engine/reader.ts';
import type { FeedServer } from '../engine/transports/feed-server.ts';

export interface OperationsOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly bodies: Pick<BodyBudget, 'held'>;
  readonly feeds: Pick<FeedServer, 'readers' | 'openParts'>;
}

/** What a supervisor and a Prometheus ask. */
export function operationsRoutes({ log, metrics, bodies, feeds }: OperationsOptions): Hono {
  const app = new Hono();

  app.get('/healthz', (context) => context.json({ status: 'ok' }));

  app.get('/readyz', (context) => {
    const { writable, reason } = log.health();
    return writable ? context.json({ status: 'ready' }) : context.json({ status: 'not ready', reason }, 503);
  });

  app.get('/metrics', async (context) => {
    metrics.slowestReaderLag.set(slowestLag(log, feeds.readers));
    metrics.setOpenParts(feeds.openParts());
    metrics.requestBodyBytes.set(bodies.held);
    return context.text(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });

  return app;
}

/** How many events the reader furthest behind has yet to be given. */
export function slowestLag(log: Log, readers: ReadonlySet<Reader>): number {
  const head = log.head().seq;
  let lag = 0;
  for (const { position } of readers) lag = Math.max(lag, head - position.seq);
  return lag;
}
