import { DEFAULT_RECONNECT_POLICY, type ReconnectPolicy } from '../protocol/reconnect-policy.ts';

/** What a connection that is not live is doing about it. All times are on the environment's monotonic clock. */
export type Attempt =
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'loading'; readonly id: number; readonly deadlineAt: number }
  | { readonly kind: 'opening'; readonly id: number; readonly deadlineAt: number };

/** The request for one page of events while the stream cannot be opened. */
export type Poll =
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'fetching'; readonly id: number; readonly deadlineAt: number };

interface Position {
  /** The position up to which everything was received; undefined until a snapshot or a stream gave one. */
  readonly cursor: string | undefined;
  /** Whether the cursor is a snapshot's from which nothing was received yet. */
  readonly isUntried: boolean;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Number of the last snapshot, socket or poll that was begun; ids tell late answers from current ones. */
  readonly lastId: number;
}

export type ConnectionState = Position &
  (
    | { readonly name: 'connecting'; readonly attempt: Exclude<Attempt, { kind: 'waiting' }> }
    | {
        readonly name: 'live';
        readonly id: number;
        readonly since: number;
        readonly silenceMs: number;
        readonly deadlineAt: number;
      }
    | { readonly name: 'reconnecting'; readonly attempt: Attempt }
    | { readonly name: 'offline'; readonly attempt: Attempt }
    | { readonly name: 'polling'; readonly attempt: Exclude<Attempt, { kind: 'loading' }>; readonly poll: Poll }
    | { readonly name: 'paused' }
    | { readonly name: 'evicted' }
    | { readonly name: 'unauthorized' }
  );

export type ConnectionStateName = ConnectionState['name'];

export type ConnectionEvent =
  | { readonly type: 'snapshotLoaded'; readonly cursor: string }
  | { readonly type: 'snapshotFailed' }
  | { readonly type: 'hello'; readonly cursor: string; readonly heartbeatMs: number }
  /** A frame arrived; everything up to `cursor` has been received. */
  | { readonly type: 'progressed'; readonly cursor: string }
  /** The stream cannot be continued from the cursor: a `reset`, or a batch that starts elsewhere. */
  | { readonly type: 'gapFound' }
  | { readonly type: 'closed'; readonly code: number }
  /** A poll gave everything up to `cursor`; `hasMore` when the answer was cut short and the rest waits. */
  | { readonly type: 'polled'; readonly cursor: string; readonly hasMore?: boolean }
  | { readonly type: 'pollFailed' }
  /** A request was answered 401 or 403. */
  | { readonly type: 'refused' }
  /** The server said how long it takes no stream. */
  | { readonly type: 'heldOff'; readonly forMs: number }
  /** The user is gone: the position goes with them. */
  | { readonly type: 'signedOut' }
  /** The time of {@link wakeAt} has come. */
  | { readonly type: 'due' }
  /** The page or the machine slept this long: 0 when it was only hidden, Infinity when its connections were closed. */
  | { readonly type: 'woke'; readonly sleptMs: number }
  | { readonly type: 'wentOffline' }
  | { readonly type: 'cameOnline' }
  | { readonly type: 'reconnectRequested' }
  | { readonly type: 'pauseRequested' }
  | { readonly type: 'resumeRequested' };

export interface ConnectionSettings {
  readonly policy: ReconnectPolicy;
  /** Whether a lost position is recovered by loading a snapshot; otherwise the stream is joined at its head. */
  readonly hasSnapshot: boolean;
  /** Poll when the stream failed this often in a row; undefined keeps trying the stream only. */
  readonly poll: PollSettings | undefined;
  /** How long a snapshot, an opening or a poll may take. Default 10000. */
  readonly attemptTimeoutMs: number;
  /** Silence after which a connection without an announced heartbeat counts as lost. Default 30000. */
  readonly silenceMs: number;
}

export interface PollSettings {
  /** Reconnections that fail in a row, not counting the loss before them. Default 5 (specs/001 AC-2). */
  readonly afterFailures: number;
  /** Default 10000. */
  readonly everyMs: number;
}

/** The poll fallback of specs/001 AC-2. */
export const DEFAULT_POLL_SETTINGS: PollSettings = { afterFailures: 5, everyMs: 10_000 };

export const DEFAULT_SETTINGS: ConnectionSettings = {
  policy: DEFAULT_RECONNECT_POLICY,
  hasSnapshot: true,
  poll: undefined,
  attemptTimeoutMs: 10_000,
  silenceMs: 30_000,
};

/** What the moment of a transition contributes to it. */
export interface Moment {
  /** Milliseconds on a clock that never goes back. */
  readonly now: number;
  /** A number in [0, 1). */
  readonly random: number;
}

/** What a state needs to be running; the driver starts and stops exactly this. */
export interface Demand {
  readonly snapshot: number | undefined;
  readonly socket: number | undefined;
  readonly poll: number | undefined;
}

export function demandOf(state: ConnectionState): Demand {
  const attempt = 'attempt' in state ? state.attempt : undefined;
  return {
    snapshot: attempt?.kind === 'loading' ? attempt.id : undefined,
    socket: state.name === 'live' ? state.id : attempt?.kind === 'opening' ? attempt.id : undefined,
    poll: state.name === 'polling' && state.poll.kind === 'fetching' ? state.poll.id : undefined,
  };
}

/** When `due` must be sent; undefined when the state only waits for the outside. */
export function wakeAt(state: ConnectionState): number | undefined {
  switch (state.name) {
    case 'live':
      return state.deadlineAt;
    case 'connecting':
    case 'reconnecting':
    case 'offline':
      return endOf(state.attempt);
    case 'polling':
      return Math.min(endOf(state.attempt), endOf(state.poll));
    case 'paused':
    case 'evicted':
    case 'unauthorized':
      return undefined;
    default:
      return state satisfies never;
  }
}

export function endOf(activity: Attempt | Poll): number {
  return activity.kind === 'waiting' ? activity.until : activity.deadlineAt;
}

/** The part of the state that a user interface shows. Replaced only when one of its members changes. */
export interface ConnectionStatus {
  readonly name: ConnectionStateName;
  /** When the next attempt begins, on the environment's monotonic clock; undefined while none is scheduled. */
  readonly nextRetryAt: number | undefined;
  /** Attempts that failed in a row; 0 while live. */
  readonly failures: number;
}

export function statusOf(state: ConnectionState): ConnectionStatus {
  const waiting = 'attempt' in state && state.attempt.kind === 'waiting' ? state.attempt.until : undefined;
  return { name: state.name, nextRetryAt: waiting, failures: state.name === 'live' ? 0 : state.failures };
}

export function isSameStatus(a: ConnectionStatus, b: ConnectionStatus): boolean {
  return a.name === b.name && a.nextRetryAt === b.nextRetryAt && a.failures === b.failures;
}
