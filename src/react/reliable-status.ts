import type { ConnectionStateName } from '../client/connection-state.ts';

/** The four words of specs/001 for how a connection stands. */
export type ReliableStatus = 'connected' | 'reconnecting' | 'polling-fallback' | 'offline';

const RELIABLE_STATUS: Record<ConnectionStateName, ReliableStatus> = {
  connecting: 'reconnecting',
  live: 'connected',
  reconnecting: 'reconnecting',
  polling: 'polling-fallback',
  paused: 'offline',
  offline: 'offline',
  evicted: 'offline',
  unauthorized: 'offline',
};

/** The word of specs/001 for an internal state. */
export function reliableStatus(name: ConnectionStateName): ReliableStatus {
  return RELIABLE_STATUS[name];
}

/** From the worst to the best, for saying one thing about several connections. */
const BY_TROUBLE: readonly ConnectionStateName[] = [
  'unauthorized',
  'evicted',
  'offline',
  'paused',
  'polling',
  'reconnecting',
  'connecting',
  'live',
];

/** The item whose connection is in the most trouble. */
export function mostTroubled<Item>(items: readonly Item[], nameOf: (item: Item) => ConnectionStateName) {
  const rank = (item: Item) => BY_TROUBLE.indexOf(nameOf(item));
  return items.reduce<Item | undefined>(
    (worst, item) => (worst === undefined || rank(item) < rank(worst) ? item : worst),
    undefined,
  );
}
