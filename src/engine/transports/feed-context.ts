import type { Logger } from 'pino';
import type { Cursor } from '../../protocol/cursor.ts';
import type { Admission } from '../admission.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { ConnectionLimits } from '../auth/connection-limits.ts';
import type { Batch } from '../batch.ts';
import type { Clock } from '../clock.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import type { FeedRead, Source } from '../feed-source.ts';
import { heartbeatText } from '../heartbeat.ts';
import type { Hub } from '../hub.ts';
import type { Log } from '../log/log.ts';
import type { Metrics, TransportName } from '../metrics.ts';
import { Reader, type ReadStep, type Sink } from '../reader.ts';
import { RowBatch } from '../row-batch.ts';
import { RowSource } from '../row-source.ts';
import type { SnapshotReader } from '../store/snapshot.ts';
import type { Sweeper } from '../sweeper.ts';
import { mainSource, type ViewSources } from '../view-sources.ts';

/** Intervals of the streaming transports in milliseconds. */
export interface TransportTimings {
  /** WebSocket protocol ping. Default 30,000 (specs/002). */
  readonly pingMs: number;
  /** A peer that answers no ping for this long is gone. Default 10,000. */
  readonly pongTimeoutMs: number;
  /** In-band heartbeat of SSE and `millrace.v1`. Default 15,000 (specs/001). */
  readonly heartbeatMs: number;
}

/** Somebody was not let in. */
export interface FeedRefusal {
  readonly path: string;
  readonly address: string;
  /** The user, where the request showed a good token. */
  readonly user: string | undefined;
}

/** What every transport needs to serve a feed. */
export interface FeedContext {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly hub: Hub;
  readonly sources: ViewSources;
  readonly sweeper: Sweeper;
  readonly admission: Admission;
  readonly authenticator: Authenticator;
  readonly connections: ConnectionLimits;
  /** Whether feeds that aren't private are for known readers too. */
  readonly requiresToken: boolean;
  /** Told of a WebSocket that was refused: it has no response that others would see. */
  readonly onRefused: (refusal: FeedRefusal) => void;
  readonly clock: Clock;
  /** A number in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly timings: TransportTimings;
  readonly readers: Set<Reader>;
  /** Replaced only by the tests that show why the order matters. */
  readonly readStep?: ReadStep;
}

/** A sink that can show rows beside its events. */
export interface FeedSink extends Sink {
  /** Writes rows without moving the position of the events. */
  writeRows(rows: RowBatch): void;
}

/** One connection's share of the shared parts; `close` gives everything back, once. */
export interface OpenReader {
  /** Reads what moves the cursor. */
  readonly reader: Reader;
  /** Reads and writes until there is no more or the socket takes no more. */
  pump(): void;
  /** Whether its heartbeats carry what the view measures: they are then for every client, and one is due at the start. */
  readonly hasMembers: boolean;
  /** Text of the heartbeat as of where the reader stands. */
  heartbeat(): string;
  close(): void;
}

export interface OpenReaderOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly transport: TransportName;
  readonly position: Cursor;
  readonly sink: FeedSink;
}

/** Opens a reader and counts it; it doesn't read before its first `pump`. */
export function openReader({ context, feed, view, transport, position, sink }: OpenReaderOptions): OpenReader {
  const { hub, log, sources, metrics, readers, readStep } = context;
  const source = sources.acquire(feed.name, view);
  const head = () => log.head();
  const shared = { hub, head, ...(readStep ? { step: readStep } : {}) };
  const reader = new Reader({ ...shared, source: mainSource(source), sink, position });
  const rowReader =
    source.kind === 'events' && source.rows
      ? new Reader({
          ...shared,
          source: new RowsFrom(source.rows, position),
          sink: new RowSink(sink, reader),
          position: RowSource.beginning(log.epoch),
        })
      : undefined;
  readers.add(reader);
  metrics.readers.inc({ feed: feed.name, transport });
  let isOpen = true;
  return {
    reader,
    pump() {
      // Rows first: they are few and seldom, while events in a hurry could keep them from the socket for good.
      rowReader?.pump();
      reader.pump();
    },
    hasMembers: source.members !== undefined,
    heartbeat: () => heartbeatText(reader.position, context.clock.now(), source.members),
    close() {
      if (!isOpen) return;
      isOpen = false;
      rowReader?.close();
      reader.close();
      readers.delete(reader);
      sources.release(feed.name, view);
      metrics.readers.dec({ feed: feed.name, transport });
    },
  };
}

/** The rows beside the events of one connection: none of them older than the position that its events begin at. */
class RowsFrom implements Source {
  readonly #rows: RowSource;
  readonly #start: Cursor;

  constructor(rows: RowSource, start: Cursor) {
    this.#rows = rows;
    this.#start = start;
  }

  read(from: Cursor): FeedRead | Promise<FeedRead> {
    return RowSource.isBeginning(from) ? this.#rows.readAll(this.#start) : this.#rows.read(from);
  }
}

/** The side of a connection's sink that takes the rows beside its events. */
class RowSink implements Sink {
  readonly #sink: FeedSink;
  readonly #events: Reader;

  constructor(sink: FeedSink, events: Reader) {
    this.#sink = sink;
    this.#events = events;
  }

  get isFull(): boolean {
    return this.#sink.isFull;
  }

  write(batch: Batch): Cursor {
    // The events that changed the rows first, where the socket takes them.
    this.#events.pump();
    if (batch instanceof RowBatch) this.#sink.writeRows(batch);
    return batch.to;
  }

  /** Never called: the source of these rows begins again by itself. */
  reset(): void {}

  fail(error: unknown): void {
    this.#sink.fail(error);
  }
}
