import {
  type DefaultError,
  hashKey,
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { DEFAULT_POLL_SETTINGS } from '../client/connection-state.ts';
import { connectionStatusKey } from './connection-status-key.ts';
import type { FeedRequest, LiveFeed } from './live-feed.ts';
import { useMillrace } from './millrace-provider.tsx';
import { type ReliableStatus, reliableStatus } from './reliable-status.ts';
import { useLiveFeed } from './use-live-feed.ts';

export interface ReliableQueryOptions<Data, Event, State>
  extends Omit<UseQueryOptions<Data, DefaultError, Data, QueryKey>, 'queryFn' | 'staleTime' | 'refetchInterval'> {
  /** The stream that says when the data has changed. */
  readonly feed: LiveFeed<Event, State>;
  readonly queryFn: (request: FeedRequest) => Promise<Data>;
  /**
   * The data after some events, instead of fetching it again. Data with a `cursor` never receives an event that it
   * already covers; data without one may receive an event twice.
   */
  readonly update?: (data: Data, events: readonly Event[]) => Data;
}

/** The result of `useQuery`; `isStale` is true for data that may no longer be what the server has. */
export type ReliableQueryResult<Data> = UseQueryResult<Data, DefaultError> & {
  /** When the data was fetched or changed last, in milliseconds since 1970; undefined without data. */
  readonly lastUpdatedAt: number | undefined;
  readonly connectionStatus: ReliableStatus;
  /** Tries to open the stream at once. */
  readonly reconnect: () => void;
};

/**
 * `useQuery` for data that a stream keeps true (specs/001, task 3). Events update or invalidate it; while the stream
 * cannot be opened it is fetched every 10 s; after a gap it is fetched again.
 */
export function useReliableQuery<Data, Event, State>({
  feed,
  queryFn,
  update,
  ...options
}: ReliableQueryOptions<Data, Event, State>): ReliableQueryResult<Data> {
  const runtime = useMillrace().runtimeOf(feed);
  const { queryKey } = options;
  const hash = hashKey(queryKey);
  const latest = useRef({ queryKey, update });
  useLayoutEffect(() => {
    latest.current = { queryKey, update };
  });
  const isUpdated = update !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a key is the same while its hash is
  useEffect(() => {
    const apply = (data: Data, events: readonly Event[]) => latest.current.update?.(data, events) ?? data;
    return runtime.keep(latest.current.queryKey, isUpdated ? apply : undefined);
  }, [runtime, hash, isUpdated]);
  const { reconnect } = useLiveFeed(feed);
  const connectionStatus = useConnectionStatus(feed.url, () => reliableStatus(runtime.connection.status().name));
  const isFeedState = feed.state !== undefined && hashKey(feed.state.queryKey) === hash;
  const everyMs = feed.settings?.poll?.everyMs ?? DEFAULT_POLL_SETTINGS.everyMs;
  const result = useQuery({
    retry: false,
    networkMode: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchOnMount: !(isFeedState && runtime.isContinuing),
    ...options,
    // Without the query's own signal: StrictMode would abort the request that the connection shares.
    queryFn: () => queryFn(runtime.request()),
    staleTime: STALE_TIME[connectionStatus](everyMs),
    refetchInterval: connectionStatus === 'polling-fallback' && !isFeedState ? everyMs : false,
  });
  return {
    ...result,
    lastUpdatedAt: result.dataUpdatedAt === 0 ? undefined : result.dataUpdatedAt,
    connectionStatus,
    reconnect,
  };
}

/** How long data counts as fresh: while connected, until an event says otherwise. */
const STALE_TIME: Record<ReliableStatus, (pollMs: number) => number> = {
  connected: () => Number.POSITIVE_INFINITY,
  'polling-fallback': (pollMs) => 2 * pollMs,
  reconnecting: () => 0,
  offline: () => 0,
};

/** The status from the query cache, where it is kept (specs/001). */
function useConnectionStatus(url: string, read: () => ReliableStatus): ReliableStatus {
  const { data } = useQuery({
    queryKey: connectionStatusKey(url),
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
  });
  return data ?? read();
}
