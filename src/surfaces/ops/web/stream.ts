import type { PollSettings } from '../../../client/connection-state.ts';
import { type ReconnectPolicy, STEADY_RECONNECT_POLICY } from '../../../protocol/reconnect-policy.ts';

/** How the page is kept live: what its connection is made with, and what its markers say (specs/000). */
export interface OpsStream {
  readonly url: string;
  readonly transport: 'websocket' | 'sse';
  /** When it is tried again after a loss. */
  readonly policy: ReconnectPolicy;
  /** Undefined: it is never polled instead, only tried again. */
  readonly poll: PollSettings | undefined;
  /** Ids of the elements that show what it brings. */
  readonly targets: {
    readonly kpis: string;
    readonly alerts: string;
    readonly connectors: string;
  };
}

/** The values follow the server by two seconds at most. */
const HEARTBEAT_SECONDS = 2;

export const STREAM: OpsStream = {
  url: `/ops/stream?heartbeat=${HEARTBEAT_SECONDS}`,
  transport: 'websocket',
  policy: STEADY_RECONNECT_POLICY,
  poll: undefined,
  targets: {
    kpis: 'tau-ops-kpi-grid',
    alerts: 'tau-ops-alert-feed-list',
    connectors: 'tau-ops-connector-table-body',
  },
};
