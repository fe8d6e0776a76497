import { useEffect, useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../client/connection-state.ts';
import type { FeedConnection } from '../client/feed-connection.ts';
import { useMillrace } from './millrace-provider.tsx';

/** Keeps a connection of the component's own running while it is mounted, and returns its status. */
export function useFeedConnection(connection: FeedConnection): ConnectionStatus {
  const registry = useMillrace();
  useEffect(() => {
    connection.start();
    const leave = registry.adopt(connection);
    return () => {
      leave();
      connection.stop();
    };
  }, [connection, registry]);
  return useSyncExternalStore(connection.subscribe, connection.status, connection.status);
}
