import { CLOSE } from '../protocol/close-codes.ts';
import { reconnectDelayMs } from '../protocol/reconnect-policy.ts';
import {
  type ConnectionEvent,
  type ConnectionSettings,
  type ConnectionState,
  endOf,
  type Moment,
} from './connection-state.ts';

/*
 *               snapshotLoaded, hello                    failure
 *   connecting ───────────────────────► live ──────────────────────► reconnecting ──► polling
 *       ▲                                │  ▲         hello               │  ▲  n failures │
 *       └──────────── gapFound ──────────┘  └─────────────────────────────┴──┼─────────────┘
 *                                                                            │
 *   wentOffline: any of these ──► offline ──► live by hello; cameOnline ─────┘
 *   close 4008 ──► evicted, close 4001 or 4003 or HTTP 401 ──► unauthorized, pauseRequested ──► paused;
 *   these three leave only when a person asks (reconnectRequested, resumeRequested).
 */

/** How much of a sleep a stream may have been awake for, because the watch looks once a second. */
const WAKE_TOLERANCE_MS = 1_500;

interface Step extends Moment {
  readonly settings: ConnectionSettings;
}

export interface Beginning {
  /** The position of a state that is shown already. */
  readonly cursor?: string | undefined;
  /** The last id given out before. */
  readonly lastId?: number;
}

/** The state every connection begins in. */
export function initialState(
  settings: ConnectionSettings,
  now: number,
  { cursor, lastId = 0 }: Beginning = {},
): ConnectionState {
  const position = { cursor, isUntried: false, failures: 0, lastId };
  return begin('connecting', position, { now, random: 0, settings });
}

/** The whole behaviour of a connection: no clock, no I/O, no randomness of its own. */
export function transition(
  state: ConnectionState,
  event: ConnectionEvent,
  settings: ConnectionSettings,
  moment: Moment,
): ConnectionState {
  const step: Step = { ...moment, settings };
  switch (event.type) {
    case 'snapshotLoaded':
      return attemptKind(state) === 'loading' ? open({ ...state, cursor: event.cursor, isUntried: true }, step) : state;
    case 'snapshotFailed':
      return attemptKind(state) === 'loading' ? fail(state, step) : state;
    case 'hello':
      return goLive(state, event, step);
    case 'progressed':
      if (state.name !== 'live') return state;
      return { ...state, cursor: event.cursor, isUntried: false, deadlineAt: step.now + state.silenceMs };
    case 'gapFound':
      return recover(state, step);
    case 'closed':
      return hasSocket(state) ? closed(state, event.code, step) : state;
    case 'polled':
      return state.name === 'polling' ? polled(state, event, step) : state;
    case 'pollFailed':
      return state.name === 'polling' ? { ...state, poll: nextPoll(step) } : state;
    case 'refused':
      return isTrying(state) ? rest('unauthorized', state) : state;
    case 'heldOff':
      return heldOff(state, event.forMs, step);
    case 'signedOut':
      return rest('unauthorized', { ...state, cursor: undefined, isUntried: false });
    case 'due':
      return due(state, step);
    case 'woke':
      return isTrying(state) ? woke(state, event.sleptMs, step) : state;
    case 'wentOffline':
      return isTrying(state) && state.name !== 'offline' ? wait('offline', { ...state, failures: 1 }, step) : state;
    case 'cameOnline':
      return state.name === 'offline' ? begin('reconnecting', { ...state, failures: 0 }, step) : state;
    case 'reconnectRequested':
      return begin('reconnecting', { ...state, failures: 0 }, step);
    case 'pauseRequested':
      return isTrying(state) ? rest('paused', state) : state;
    case 'resumeRequested':
      return state.name === 'paused' ? begin('reconnecting', { ...state, failures: 0 }, step) : state;
    default:
      return event satisfies never;
  }
}

function attemptKind(state: ConnectionState) {
  return 'attempt' in state ? state.attempt.kind : undefined;
}

function hasSocket(state: ConnectionState): boolean {
  return state.name === 'live' || attemptKind(state) === 'opening';
}

/** False in the states that only a person can end. */
function isTrying(state: ConnectionState): boolean {
  return state.name !== 'paused' && state.name !== 'evicted' && state.name !== 'unauthorized';
}

type Position = Pick<ConnectionState, 'cursor' | 'isUntried' | 'failures' | 'lastId'>;

function positionOf({ cursor, isUntried, failures, lastId }: Position): Position {
  return { cursor, isUntried, failures, lastId };
}

function rest(name: 'paused' | 'evicted' | 'unauthorized', state: ConnectionState): ConnectionState {
  return { ...positionOf(state), name, failures: 0 };
}

/** Starts an attempt at once: by the stream when there is a position to continue from, else by a snapshot. */
function begin(name: 'connecting' | 'reconnecting' | 'offline', from: Position, step: Step): ConnectionState {
  const id = from.lastId + 1;
  const kind = from.cursor === undefined && step.settings.hasSnapshot ? 'loading' : 'opening';
  const deadlineAt = step.now + step.settings.attemptTimeoutMs;
  return { ...positionOf(from), lastId: id, name, attempt: { kind, id, deadlineAt } };
}

/** The snapshot is there: goes on to the stream under the same name. */
function open(state: ConnectionState, step: Step): ConnectionState {
  return begin(state.name === 'connecting' || state.name === 'offline' ? state.name : 'reconnecting', state, step);
}

function wait(name: 'reconnecting' | 'offline', from: Position, step: Step, healthyForMs = 0): ConnectionState {
  const { failures } = from;
  const delayMs = reconnectDelayMs(step.settings.policy, { failures, healthyForMs, random: step.random });
  return { ...positionOf(from), name, attempt: { kind: 'waiting', until: step.now + delayMs } };
}

/** One attempt or one live connection came to its end. */
function fail(state: ConnectionState, step: Step): ConnectionState {
  const { policy, poll } = step.settings;
  const healthyForMs = state.name === 'live' ? step.now - state.since : 0;
  // Where five failures lead to polling, a stream that came about ends the row (specs/001 AC-2 "consecutive").
  const isFirst = healthyForMs >= policy.healthyAfterMs || (poll !== undefined && state.name === 'live');
  const failures = isFirst ? 1 : state.failures + 1;
  // A stream that was live and ended otherwise than by a gap had accepted the cursor.
  const next = { ...positionOf(state), isUntried: state.isUntried && state.name !== 'live', failures };
  if (state.name === 'polling') return { ...next, name: 'polling', attempt: nextProbe(step), poll: state.poll };
  if (state.name === 'offline') return wait('offline', next, step);
  // The first failure is the loss itself, or the first try: no reconnection.
  if (poll && failures > poll.afterFailures) {
    const id = next.lastId + 1;
    const deadlineAt = step.now + step.settings.attemptTimeoutMs;
    return {
      ...next,
      lastId: id,
      name: 'polling',
      attempt: nextProbe(step),
      poll: { kind: 'fetching', id, deadlineAt },
    };
  }
  return wait('reconnecting', next, step, healthyForMs);
}

/** The first position that a poll gives is tried on the stream at once. */
function polled(
  state: Extract<ConnectionState, { name: 'polling' }>,
  { cursor, hasMore }: { readonly cursor: string; readonly hasMore?: boolean },
  step: Step,
): ConnectionState {
  let { lastId, attempt } = state;
  const deadlineAt = step.now + step.settings.attemptTimeoutMs;
  if (state.cursor === undefined && attempt.kind === 'waiting') attempt = { kind: 'opening', id: ++lastId, deadlineAt };
  const poll = hasMore ? ({ kind: 'fetching', id: ++lastId, deadlineAt } as const) : nextPoll(step);
  return { ...state, cursor, isUntried: false, lastId, attempt, poll };
}

function nextProbe({ now, random, settings: { policy } }: Step) {
  const delayMs = policy.maxDelayMs * (1 + policy.jitter * (2 * random - 1));
  return { kind: 'waiting', until: now + delayMs } as const;
}

function nextPoll({ now, settings }: Step) {
  return { kind: 'waiting', until: now + (settings.poll?.everyMs ?? settings.policy.maxDelayMs) } as const;
}

function goLive(
  state: ConnectionState,
  hello: { readonly cursor: string; readonly heartbeatMs: number },
  { now, settings }: Step,
): ConnectionState {
  if (!('attempt' in state) || state.attempt.kind !== 'opening') return state;
  const silenceMs = hello.heartbeatMs > 0 ? 2 * hello.heartbeatMs : settings.silenceMs;
  return {
    ...positionOf(state),
    cursor: state.cursor ?? hello.cursor,
    name: 'live',
    id: state.attempt.id,
    since: now,
    silenceMs,
    deadlineAt: now + silenceMs,
  };
}

/**
 * The position is lost: forget it and load a snapshot at once. Only a snapshot that leads straight into the next gap
 * counts as a failure, so that a broken server is not asked in a tight loop.
 */
function recover(state: ConnectionState, step: Step): ConnectionState {
  if (!hasSocket(state) && state.name !== 'polling') return state;
  const lost = { ...positionOf(state), cursor: undefined, isUntried: false };
  if (state.isUntried) return wait('reconnecting', { ...lost, failures: state.failures + 1 }, step);
  return begin(state.name === 'live' || state.name === 'connecting' ? 'connecting' : 'reconnecting', lost, step);
}

function closed(state: ConnectionState, code: number, step: Step): ConnectionState {
  if (code === CLOSE.superseded) return rest('evicted', state);
  if (code === CLOSE.unauthorized || code === CLOSE.forbidden) return rest('unauthorized', state);
  return fail(state, step);
}

/** Never earlier than the server said, and not all clients at once. */
function heldOff(state: ConnectionState, forMs: number, { now, random, settings }: Step): ConnectionState {
  if (!('attempt' in state) || state.name === 'connecting' || state.attempt.kind !== 'waiting') return state;
  const until = Math.max(state.attempt.until, now + forMs * (1 + settings.policy.jitter * random));
  return { ...state, attempt: { kind: 'waiting', until } };
}

function due(state: ConnectionState, step: Step): ConnectionState {
  switch (state.name) {
    case 'live':
      return state.deadlineAt <= step.now ? fail(state, step) : state;
    case 'connecting':
    case 'reconnecting':
    case 'offline':
      if (endOf(state.attempt) > step.now) return state;
      return state.attempt.kind === 'waiting' ? begin(state.name, state, step) : fail(state, step);
    case 'polling':
      return duePolling(state, step);
    case 'paused':
    case 'evicted':
    case 'unauthorized':
      return state;
    default:
      return state satisfies never;
  }
}

/**
 * Nobody sees a connection die in its sleep: a stream that gave nothing since is opened again at once. In a hidden page
 * timers are late while frames keep coming, and such a stream stays. What waits for its next try tries now.
 */
function woke(state: ConnectionState, sleptMs: number, step: Step): ConnectionState {
  const again = () =>
    begin(state.name === 'connecting' ? 'connecting' : 'reconnecting', { ...state, failures: 0 }, step);
  if (state.name === 'live') {
    const silentMs = step.now - (state.deadlineAt - state.silenceMs);
    const isSuspect =
      sleptMs === Number.POSITIVE_INFINITY ||
      (sleptMs > 0 && silentMs >= Math.min(sleptMs, state.silenceMs) - WAKE_TOLERANCE_MS);
    return isSuspect || state.deadlineAt <= step.now ? again() : state;
  }
  const isWaiting = attemptKind(state) === 'waiting';
  return isWaiting || sleptMs > 0 ? again() : due(state, step);
}

function duePolling(state: Extract<ConnectionState, { name: 'polling' }>, step: Step): ConnectionState {
  let { attempt, poll, lastId, failures } = state;
  const deadlineAt = step.now + step.settings.attemptTimeoutMs;
  if (endOf(poll) <= step.now) {
    poll = poll.kind === 'waiting' ? { kind: 'fetching', id: ++lastId, deadlineAt } : nextPoll(step);
  }
  if (endOf(attempt) <= step.now) {
    if (attempt.kind === 'opening') failures += 1;
    // Without a position the stream would be joined at its head, past what only a snapshot or a poll can show.
    const canProbe = state.cursor !== undefined || !step.settings.hasSnapshot;
    attempt = attempt.kind === 'waiting' && canProbe ? { kind: 'opening', id: ++lastId, deadlineAt } : nextProbe(step);
  }
  return { ...state, attempt, poll, lastId, failures };
}
