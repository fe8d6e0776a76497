import type { QueryClient } from '@tanstack/react-query';
import type { ConnectionStatus } from '../client/connection-state.ts';
import type { ClientEnvironment } from '../client/environment.ts';
import type { FeedConnection } from '../client/feed-connection.ts';
import { CONNECTION_STATUS_PREFIX, connectionStatusKey } from './connection-status-key.ts';
import { createFeedRuntime, type FeedRuntime } from './feed-runtime.ts';
import type { LiveFeed } from './live-feed.ts';
import { mostTroubled, type ReliableStatus, reliableStatus } from './reliable-status.ts';

export interface MillraceRegistryOptions {
  readonly queryClient: QueryClient;
  readonly environment: ClientEnvironment;
  /** What the URLs of feeds are relative to; undefined leaves them relative to the page. */
  readonly baseUrl: string | undefined;
}

/** What is running, and how it stands. Replaced when one of its members changes. */
export interface RunningConnection {
  readonly connection: FeedConnection;
  readonly status: ConnectionStatus;
}

/** Every feed and connection below one provider. */
export function createMillraceRegistry({ queryClient, environment, baseUrl }: MillraceRegistryOptions) {
  const runtimes = new Map<object, unknown>();
  const running = new Map<FeedConnection, () => void>();
  const listeners = new Set<() => void>();
  let shown: RunningConnection | undefined;
  queryClient.setQueryDefaults(CONNECTION_STATUS_PREFIX, { gcTime: Number.POSITIVE_INFINITY });

  const resolve = (path: string) => (baseUrl === undefined ? path : new URL(path, baseUrl).href);

  function refresh(): void {
    const connection = mostTroubled([...running.keys()], (item) => item.status().name);
    const status = connection?.status();
    if (shown?.connection === connection && shown?.status === status) return;
    shown = connection && status ? { connection, status } : undefined;
    for (const listener of [...listeners]) listener();
  }

  /** Shows a running connection among the others until the function it returns is called. */
  function adopt(connection: FeedConnection): () => void {
    running.set(connection, connection.subscribe(refresh));
    refresh();
    return () => {
      running.get(connection)?.();
      running.delete(connection);
      refresh();
    };
  }

  function runtimeOf<Event, State>(feed: LiveFeed<Event, State>): FeedRuntime<Event> {
    const known = runtimes.get(feed);
    // What is stored under a feed was made for it.
    if (known) return known as FeedRuntime<Event>;
    const releases = new Map<FeedConnection, () => void>();
    const key = connectionStatusKey(feed.url);
    const runtime = createFeedRuntime(feed, {
      queryClient,
      environment,
      resolve,
      onUse(connection, isUsed) {
        if (!isUsed) {
          releases.get(connection)?.();
          queryClient.setQueryData<ReliableStatus>(key, 'offline');
          return;
        }
        const write = () => queryClient.setQueryData<ReliableStatus>(key, reliableStatus(connection.status().name));
        const stopWriting = connection.subscribe(write);
        const leave = adopt(connection);
        write();
        releases.set(connection, () => {
          stopWriting();
          leave();
        });
      },
    });
    runtimes.set(feed, runtime);
    return runtime as FeedRuntime<Event>;
  }

  return {
    adopt,
    runtimeOf,
    /** The running connection in the most trouble; undefined while none is running. */
    shown: () => shown,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Tries every connection that is not live, at once. */
    reconnect(): void {
      for (const connection of [...running.keys()]) if (connection.status().name !== 'live') connection.reconnect();
    },
  };
}

export type MillraceRegistry = ReturnType<typeof createMillraceRegistry>;
