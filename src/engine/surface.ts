import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { FeedDefinition } from './feed.ts';
import type { IngestGate } from './ingest-gate.ts';
import type { Log } from './log/log.ts';
import type { Metrics } from './metrics.ts';
import type { SelfCheck } from './self-check.ts';
import type { SnapshotReader } from './store/snapshot.ts';
import type { Turns } from './turns.ts';

/** What a surface may use of the engine. */
export interface SurfaceContext {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly limits: IngestLimits;
  readonly timings: SurfaceTimings;
  /** Shared by all surfaces: begin a key with the surface's name. */
  readonly turns: Turns;
  readonly presence: Presence;
  readonly load: Load;
  readonly ingestGate: IngestGate;
  /** Never given tokens or payloads. */
  readonly logger: Logger;
}

/** Who is connected to private feeds. */
export interface Presence {
  /** The users with an open stream of a project, each once. */
  usersIn(project: string): readonly string[];
}

/** What this process is busy with. */
export interface Load {
  /** Events that were accepted and wait for the disk. */
  queuedEvents(): number;
  /** The readers of streams, and how many events the one furthest behind has yet to be given. */
  clients(): { readonly connected: number; readonly slowestLag: number };
}

export interface IngestLimits {
  /** Largest request body in bytes (`MILLRACE_INGEST_MAX_BYTES`). */
  readonly maxBytes: number;
}

export interface SurfaceTimings {
  /** A service with no report for this long is stale (`MILLRACE_STALE_AFTER_MS`). */
  readonly staleAfterMs: number;
  /** Interval of the checks of Millrace's own figures (`MILLRACE_SELF_CHECK_MS`); 0 for none. */
  readonly selfCheckMs: number;
}

/** What background work may use beside that. */
export interface BackgroundContext extends SurfaceContext {
  /** The checks of every surface and of the engine. */
  readonly selfChecks: readonly SelfCheck[];
}

/** One spec's part of Millrace: feeds, HTTP routes, background work. Its projections are registered with the log's writer. */
export interface Surface {
  readonly name: string;
  readonly feeds: readonly FeedDefinition[];
  /**
   * Paths that take in events: these are the log themselves, so their requests are not audited. While ingestion is paused
   * they take in nothing.
   */
  readonly ingestPaths?: readonly string[];
  /** Paths beside these whose requests are not audited; they stay open. */
  readonly unauditedPaths?: readonly string[];
  /** Figures of the surface that can be counted in two ways. */
  readonly selfChecks?: readonly SelfCheck[];
  routes(context: SurfaceContext): Hono;
  /** Reads what it has to know before the first request; called once, after `routes`. */
  prepare?(context: SurfaceContext): Promise<void>;
  /** Begins background work once the server listens; it is ended before the log is closed. */
  start?(context: BackgroundContext): AsyncDisposable;
}
