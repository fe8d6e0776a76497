import { useMemo, useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../client/connection-state.ts';
import { useMillrace } from './millrace-provider.tsx';
import { type ReliableStatus, reliableStatus } from './reliable-status.ts';

export interface Connection {
  /** In the words of specs/001. */
  readonly connectionStatus: ReliableStatus;
  /** In the client's own words, with the time of the next try. */
  readonly status: ConnectionStatus;
  /** Tries every connection that is not live, at once. */
  reconnect(): void;
  pause(): void;
  resume(): void;
  /** The clock that `status.nextRetryAt` is on. */
  now(): number;
}

/** How the running connections stand, told by the one in the most trouble; undefined while none is running. */
export function useConnection(): Connection | undefined {
  const registry = useMillrace();
  const shown = useSyncExternalStore(registry.subscribe, registry.shown, registry.shown);
  return useMemo(() => {
    if (!shown) return undefined;
    const { connection, status } = shown;
    return {
      connectionStatus: reliableStatus(status.name),
      status,
      reconnect: registry.reconnect,
      pause: connection.pause,
      resume: connection.resume,
      now: connection.now,
    };
  }, [shown, registry]);
}
