import { DEFAULT_POLL_SETTINGS } from '../../../client/connection-state.ts';
import { createFeedConnection, type FeedConnection } from '../../../client/feed-connection.ts';
import { runtimeEnvironment } from '../../../client/runtime-environment.ts';
import type { EventMessage } from '../../../protocol/frames.ts';
import { STEADY_RECONNECT_POLICY } from '../../../protocol/reconnect-policy.ts';
import { createLiveModel, type LiveModel, type Positioned } from '../../../react/live-model.ts';

/** Beats every two seconds let a silent loss show within five. */
const HEARTBEAT_SECONDS = 2;

/** One tab's connections take the place of their own predecessors, not of another tab's (PROTOCOL R28). */
const TAB = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export interface LiveStateOptions<State extends Positioned, Event extends Positioned> {
  /** The feed's path, with its own query if it has one. */
  readonly feed: string;
  readonly read: (signal: AbortSignal) => Promise<State>;
  /** What was read already: the feed continues from there. */
  readonly rendered: State | undefined;
  readonly parse: (message: EventMessage) => Event;
  readonly update: (state: State, event: Event) => State;
  readonly isIncomplete: (event: Event) => boolean;
}

export interface LiveState<State extends Positioned, Event extends Positioned> {
  readonly model: LiveModel<State, Event>;
  readonly connection: FeedConnection;
}

/** A state joined to its feed by WebSocket; idle until the connection is started. */
export function createLiveState<State extends Positioned, Event extends Positioned>(
  options: LiveStateOptions<State, Event>,
): LiveState<State, Event> {
  const { feed, read, rendered, parse, update, isIncomplete } = options;
  const model = createLiveModel<State, Event>({
    read,
    rendered,
    update,
    isIncomplete,
    schedule: runtimeEnvironment.schedule,
    now: () => Date.now(),
  });
  const own = new URLSearchParams({ connection: TAB, heartbeat: String(HEARTBEAT_SECONDS) });
  const connection = createFeedConnection<Event>({
    url: `${feed}${feed.includes('?') ? '&' : '?'}${own}`,
    settings: { policy: STEADY_RECONNECT_POLICY, poll: DEFAULT_POLL_SETTINGS },
    cursor: rendered?.cursor,
    snapshot: model.loadSnapshot,
    poll: model.loadSnapshot,
    parse,
    onInvalid: (_message, cause) => console.error(`millrace: a message of ${feed} could not be read:`, cause),
    onEvents: model.receive,
    onProblem: ({ kind, message }) => console.warn(`millrace: ${kind}: ${message}`),
  });
  return { model, connection };
}
