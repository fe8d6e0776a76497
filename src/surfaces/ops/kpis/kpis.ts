import type { LogHealth } from '../../../engine/log/log.ts';
import type { Kpis } from '../events.ts';
import { healthOf } from './health.ts';
import type { StoredKpis } from './stored-kpis.ts';

/** What of the KPIs is measured in memory. */
export interface LiveFigures {
  /** Wall-clock milliseconds. */
  readonly now: number;
  readonly queuedEvents: number;
  /** The number of the newest event. */
  readonly headSeq: number;
  readonly clients: { readonly connected: number; readonly slowestLag: number };
  readonly eventsPerMinute: number;
  readonly log: LogHealth;
}

/** Puts together what is stored and what is measured. */
export function kpisOf({ failures, alerts, ingestion }: StoredKpis, live: LiveFigures): Kpis {
  return {
    at: new Date(live.now).toISOString(),
    health: healthOf({ failures, alerts, ingestion, log: live.log }),
    queue_depth: live.queuedEvents,
    failure_streak: failures.streak,
    processed_events: live.headSeq,
    open_alerts: alerts.critical + alerts.warning + alerts.info,
    clients: { connected: live.clients.connected, slowest_lag: live.clients.slowestLag },
    events_per_minute: live.eventsPerMinute,
    ingestion,
  };
}
