import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ConnectionStatus } from '../client/connection-state.ts';
import type { FeedConnection } from '../client/feed-connection.ts';

interface LiveConnectionSlot {
  readonly connection: FeedConnection | undefined;
  readonly publish: (connection: FeedConnection | undefined) => void;
}

const LiveConnectionContext = createContext<LiveConnectionSlot | undefined>(undefined);

/** Lets a page's connection be shown outside the page, for example in the header. */
export function LiveConnectionProvider({ children }: { readonly children: ReactNode }) {
  const [connection, publish] = useState<FeedConnection>();
  const slot = useMemo(() => ({ connection, publish }), [connection]);
  return <LiveConnectionContext value={slot}>{children}</LiveConnectionContext>;
}

export interface LiveConnection {
  readonly connection: FeedConnection;
  readonly status: ConnectionStatus;
}

/** The connection of the page that is shown; undefined for a page without one. */
export function useLiveConnection(): LiveConnection | undefined {
  const connection = useContext(LiveConnectionContext)?.connection;
  const subscribe = useCallback((listener: () => void) => connection?.subscribe(listener) ?? (() => {}), [connection]);
  const status = useSyncExternalStore(subscribe, () => connection?.status());
  return connection && status ? { connection, status } : undefined;
}

/** Keeps the connection running while the component is mounted, and returns its status. */
export function useLiveFeed(connection: FeedConnection): ConnectionStatus {
  const publish = useContext(LiveConnectionContext)?.publish;
  useEffect(() => {
    connection.start();
    publish?.(connection);
    return () => {
      publish?.(undefined);
      connection.stop();
    };
  }, [connection, publish]);
  return useSyncExternalStore(connection.subscribe, connection.status);
}
