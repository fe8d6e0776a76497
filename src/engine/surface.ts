import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { FeedDefinition } from './feed.ts';
import type { Log } from './log/log.ts';
import type { Metrics } from './metrics.ts';
import type { SnapshotReader } from './store/snapshot.ts';

/** What a surface may use of the engine. */
export interface SurfaceContext {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly limits: IngestLimits;
  /** Never given tokens or payloads. */
  readonly logger: Logger;
}

export interface IngestLimits {
  /** Largest request body in bytes (`MILLRACE_INGEST_MAX_BYTES`). */
  readonly maxBytes: number;
}

/** One spec's part of Millrace: its feeds and its HTTP routes. Its projections are registered with the log's writer. */
export interface Surface {
  readonly name: string;
  readonly feeds: readonly FeedDefinition[];
  routes(context: SurfaceContext): Hono;
}
