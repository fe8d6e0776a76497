import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ResetReason } from '../protocol/frames.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** The transports of a feed, as a metric label. */
export type TransportName = 'websocket' | 'sse' | 'poll';

/** What is open of the feeds at one moment: all of it is zero once the last client has gone. */
export interface OpenParts {
  /** Streaming connections. */
  readonly connections: number;
  /** Readers whose socket takes no more for now. */
  readonly heldBack: number;
  /** Readers and long polls that wait for the next commit. */
  readonly waiting: number;
  /** Feeds as their readers see them: readers of the same view share what is encoded. */
  readonly views: number;
  /** Connections and long polls whose deadlines are watched. */
  readonly deadlines: number;
}

/** Every metric of the server, in a registry of its own so that several servers can run in one process. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `millrace_${name}`, help, registers });
  const open = {
    connections: gauge('connections', 'Open streaming connections.'),
    heldBack: gauge('readers_held_back', 'Readers whose socket takes no more for now.'),
    waiting: gauge('readers_waiting', 'Readers and long polls that wait for the next commit.'),
    views: gauge('views', 'Views of feeds that somebody reads.'),
    deadlines: gauge('deadlines', 'Connections and long polls whose deadlines are watched.'),
  } satisfies Record<keyof OpenParts, Gauge>;
  const socketBuffer = new Gauge<'transport'>({
    name: 'millrace_socket_buffer_max_bytes',
    help: 'Most bytes of one connection that waited in this process for its socket, since the start.',
    labelNames: ['transport'],
    registers,
  });
  const largest = { websocket: 0, sse: 0 };
  return {
    registry,
    eventsAppended: new Counter({
      name: 'millrace_events_appended_total',
      help: 'Events committed to the log.',
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'millrace_commit_seconds',
      help: 'Time of one group commit, fsync included.',
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
    batchEvents: new Histogram({
      name: 'millrace_commit_batch_events',
      help: 'Events in one group commit.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384],
      registers,
    }),
    readers: new Gauge({
      name: 'millrace_readers',
      help: 'Open readers by feed and transport.',
      labelNames: ['feed', 'transport'] as const,
      registers,
    }),
    slowestReaderLag: new Gauge({
      name: 'millrace_slowest_reader_lag_events',
      help: 'Events between the head and the reader that is furthest behind.',
      registers,
    }),
    bytesOut: new Counter({
      name: 'millrace_bytes_out_total',
      help: 'Bytes of feed data handed to sockets.',
      labelNames: ['transport'] as const,
      registers,
    }),
    requestBodyBytes: gauge('request_body_bytes', 'Bytes of request bodies that are received or worked on.'),
    resets: new Counter<'reason'>({
      name: 'millrace_resets_total',
      help: 'Readers told to refetch their snapshot.',
      labelNames: ['reason'] as const,
      registers,
    }),
    rejects: new Counter<'reason'>({
      name: 'millrace_rejects_total',
      help: 'Requests and frames refused or ignored.',
      labelNames: ['reason'] as const,
      registers,
    }),
    setOpenParts(parts: OpenParts) {
      open.connections.set(parts.connections);
      open.heldBack.set(parts.heldBack);
      open.waiting.set(parts.waiting);
      open.views.set(parts.views);
      open.deadlines.set(parts.deadlines);
    },
    /** So many bytes wait for a socket to take them. */
    noteSocketBuffer(transport: keyof typeof largest, bytes: number) {
      if (bytes <= largest[transport]) return;
      largest[transport] = bytes;
      socketBuffer.set({ transport }, bytes);
    },
    countReset(reason: ResetReason) {
      this.resets.inc({ reason });
    },
  };
}
