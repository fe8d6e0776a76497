import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../client/connection-state.ts';
import type { LiveFeed } from './live-feed.ts';
import { useMillrace } from './millrace-provider.tsx';
import { type ReliableStatus, reliableStatus } from './reliable-status.ts';

export interface LiveFeedView {
  readonly connectionStatus: ReliableStatus;
  readonly status: ConnectionStatus;
  /** Tries at once; for a "Reconnect" button. */
  reconnect(): void;
}

/**
 * Keeps a feed running while the component is mounted, and hands it every event that arrives from then on, in order.
 * Components that use the same feed share one connection.
 */
export function useLiveFeed<Event, State>(
  feed: LiveFeed<Event, State>,
  onEvents?: (events: readonly Event[]) => void,
): LiveFeedView {
  const runtime = useMillrace().runtimeOf(feed);
  const { connection } = runtime;
  const latest = useRef(onEvents);
  useLayoutEffect(() => {
    latest.current = onEvents;
  });
  useEffect(() => {
    const stopListening = runtime.listen((events) => latest.current?.(events));
    const release = runtime.use();
    return () => {
      stopListening();
      release();
    };
  }, [runtime]);
  const status = useSyncExternalStore(connection.subscribe, connection.status, connection.status);
  return { connectionStatus: reliableStatus(status.name), status, reconnect: connection.reconnect };
}
