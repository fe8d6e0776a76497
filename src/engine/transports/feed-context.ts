import type { Logger } from 'pino';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import type { Admission } from '../admission.ts';
import type { Clock } from '../clock.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import type { FeedSource, FeedSources } from '../feed-source.ts';
import type { Hub } from '../hub.ts';
import type { Log } from '../log/log.ts';
import type { Metrics, TransportName } from '../metrics.ts';
import { Reader, type ReadStep, type Sink } from '../reader.ts';
import type { Sweeper } from '../sweeper.ts';

/** Intervals of the streaming transports in milliseconds. */
export interface TransportTimings {
  /** WebSocket protocol ping. Default 30,000 (specs/002). */
  readonly pingMs: number;
  /** A peer that answers no ping for this long is gone. Default 10,000. */
  readonly pongTimeoutMs: number;
  /** In-band heartbeat of SSE and `millrace.v1`. Default 15,000 (specs/001). */
  readonly heartbeatMs: number;
}

/** What every transport needs to serve a feed. */
export interface FeedContext {
  readonly log: Log;
  readonly hub: Hub;
  readonly sources: FeedSources;
  readonly sweeper: Sweeper;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly timings: TransportTimings;
  readonly readers: Set<Reader>;
  /** Replaced only by the tests that show why the order matters. */
  readonly readStep?: ReadStep;
}

/** One reader's share of the shared parts; `close` gives everything back, once. */
export interface OpenReader {
  readonly reader: Reader;
  close(): void;
}

export interface OpenReaderOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly transport: TransportName;
  readonly position: Cursor;
  readonly sink: Sink;
}

/** Opens a reader and counts it; it doesn't read before its first `pump`. */
export function openReader({ context, feed, view, transport, position, sink }: OpenReaderOptions): OpenReader {
  const { hub, log, sources, metrics, readers, readStep } = context;
  const source: FeedSource = sources.acquire(feed.name, view);
  const head = () => log.head();
  const reader = new Reader({ hub, source, sink, position, head, ...(readStep ? { step: readStep } : {}) });
  readers.add(reader);
  metrics.readers.inc({ feed: feed.name, transport });
  let isOpen = true;
  return {
    reader,
    close() {
      if (!isOpen) return;
      isOpen = false;
      reader.close();
      readers.delete(reader);
      sources.release(feed.name, view);
      metrics.readers.dec({ feed: feed.name, transport });
    },
  };
}

export function heartbeatText(cursor: Cursor, now: number): string {
  return JSON.stringify({ type: 'heartbeat', cursor: formatCursor(cursor), at: new Date(now).toISOString() });
}
