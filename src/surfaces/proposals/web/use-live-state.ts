import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../../../client/connection-state.ts';
import type { LiveView, Positioned } from '../../../react/live-model.ts';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import type { LiveState } from './live-connection.ts';

export interface LiveStateView<State> extends LiveView<State> {
  readonly status: ConnectionStatus;
  /** Tries the connection at once; the way out of being refused or replaced. */
  readonly reconnect: () => void;
  /** Reads the state again, beside the feed. */
  readonly refresh: () => void;
  /** Changes the state by what was read beside it. */
  readonly amend: (change: (state: State) => State) => void;
}

/** Keeps a state live while the component is mounted; another state needs another `key` of the component. */
export function useLiveState<State extends Positioned, Event extends Positioned>(
  create: () => LiveState<State, Event>,
): LiveStateView<State> {
  const [{ model, connection }] = useState(create);
  const status = useFeedConnection(connection);
  useEffect(() => model.stop, [model]);
  const view = useSyncExternalStore(model.subscribe, model.view, model.view);
  return { ...view, status, reconnect: connection.reconnect, refresh: model.refresh, amend: model.amend };
}
