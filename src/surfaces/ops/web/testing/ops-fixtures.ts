import type { Connector } from '../../../../protocol/connector.ts';
import type { Alert, Kpis, OpsState } from '../../events.ts';

/** A moment of the tests' day, so many seconds after its tenth hour. */
export const second = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, seconds)).toISOString();

export const cursor = (seq: number) => `e.${seq}.t`;

export function kpis(members: Partial<Kpis> = {}): Kpis {
  return {
    at: second(0),
    health: { state: 'healthy', reason: 'Nothing fails.' },
    queue_depth: 0,
    failure_streak: { count: 0, of: null },
    processed_events: 10,
    open_alerts: 0,
    clients: { connected: 1, slowest_lag: 0 },
    events_per_minute: 6,
    ingestion: { mode: 'running', by: null, since: null },
    ...members,
  };
}

export function alert(id: string, members: Partial<Alert> = {}): Alert {
  return {
    id,
    code: 'failing-tools',
    severity: 'warning',
    state: 'raised',
    cause: `session ${id}`,
    title: `Tools fail in ${id}`,
    message: 'Three calls failed in a row.',
    link: null,
    count: 1,
    raised_at: second(0),
    last_at: second(0),
    cleared_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    ...members,
  };
}

export function connector(id: string, members: Partial<Connector> = {}): Connector {
  return {
    id,
    kind: 'http',
    channel: `/${id}`,
    mode: 'push',
    liveness: 'live',
    events_ingested: 1,
    provider_failures: 0,
    since: second(0),
    ...members,
  };
}

export function opsState(members: Partial<OpsState> = {}): OpsState {
  return {
    kpis: kpis(),
    alerts: [],
    connectors: [],
    chat: { is_configured: true, hint: null, messages: [] },
    cursor: cursor(10),
    ...members,
  };
}
