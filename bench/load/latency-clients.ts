import type { Dialect } from './dialect.ts';
import { readMarks } from './events.ts';
import type { LatencyRun } from './latency-run.ts';
import { openClients } from './open-clients.ts';

/** WebSocket clients for {@link LatencyRun}. */
export function latencyClients(dialect: Dialect): LatencyRun['open'] {
  return (port, count, received) =>
    openClients({
      port,
      count,
      dialect,
      onEvents: (_client, _count, bytes, start, end) => readMarks(bytes, start, end, received),
    });
}
