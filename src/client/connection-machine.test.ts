import { describe, expect, it } from 'vitest';
import { STEADY_RECONNECT_POLICY } from '../protocol/reconnect-policy.ts';
import { initialState, transition } from './connection-machine.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  DEFAULT_SETTINGS,
  demandOf,
  statusOf,
  wakeAt,
} from './connection-state.ts';

const NOW = 100_000;
const DEADLINE = NOW + DEFAULT_SETTINGS.attemptTimeoutMs;
const settings = { ...DEFAULT_SETTINGS, poll: { afterFailures: 5, everyMs: 10_000 } };
const moment = { now: NOW, random: 0.5 };
const position = { cursor: 'e.5.t', isUntried: false, failures: 2, lastId: 7 };

const states = {
  loading: { ...position, cursor: undefined, name: 'connecting', attempt: { kind: 'loading', id: 7, deadlineAt: NOW } },
  opening: { ...position, name: 'connecting', attempt: { kind: 'opening', id: 7, deadlineAt: NOW } },
  live: { ...position, name: 'live', id: 7, since: NOW - 500, silenceMs: 30_000, deadlineAt: NOW },
  waiting: { ...position, name: 'reconnecting', attempt: { kind: 'waiting', until: NOW } },
  reopening: { ...position, name: 'reconnecting', attempt: { kind: 'opening', id: 7, deadlineAt: NOW } },
  polling: {
    ...position,
    name: 'polling',
    attempt: { kind: 'waiting', until: NOW + 30_000 },
    poll: { kind: 'waiting', until: NOW },
  },
  probing: {
    ...position,
    name: 'polling',
    attempt: { kind: 'opening', id: 7, deadlineAt: NOW },
    poll: { kind: 'waiting', until: NOW + 5_000 },
  },
  offline: { ...position, name: 'offline', attempt: { kind: 'waiting', until: NOW } },
  paused: { ...position, failures: 0, name: 'paused' },
  evicted: { ...position, failures: 0, name: 'evicted' },
  unauthorized: { ...position, failures: 0, name: 'unauthorized' },
} as const satisfies Record<string, ConnectionState>;
type Situation = keyof typeof states;

const events = {
  snapshotLoaded: { type: 'snapshotLoaded', cursor: 'e.9.t' },
  snapshotFailed: { type: 'snapshotFailed' },
  hello: { type: 'hello', cursor: 'e.5.t', heartbeatMs: 5_000 },
  progressed: { type: 'progressed', cursor: 'e.6.t' },
  gapFound: { type: 'gapFound' },
  closed: { type: 'closed', code: 1006 },
  superseded: { type: 'closed', code: 4008 },
  tokenRefused: { type: 'closed', code: 4001 },
  polled: { type: 'polled', cursor: 'e.8.t' },
  pollFailed: { type: 'pollFailed' },
  refused: { type: 'refused' },
  signedOut: { type: 'signedOut' },
  due: { type: 'due' },
  slept: { type: 'woke', sleptMs: 600_000 },
  shown: { type: 'woke', sleptMs: 0 },
  wentOffline: { type: 'wentOffline' },
  cameOnline: { type: 'cameOnline' },
  reconnectRequested: { type: 'reconnectRequested' },
  pauseRequested: { type: 'pauseRequested' },
  resumeRequested: { type: 'resumeRequested' },
} as const satisfies Record<string, ConnectionEvent>;
type Happening = keyof typeof events;

/** `same` means that the very same state object comes back. */
const table: Record<Situation, Record<Happening, string>> = {
  loading: {
    snapshotLoaded: 'connecting opening #8 at e.9.t',
    snapshotFailed: 'reconnecting waiting +4000 failures 3 at nowhere',
    hello: 'same',
    progressed: 'same',
    gapFound: 'same',
    closed: 'same',
    superseded: 'same',
    tokenRefused: 'same',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at nowhere',
    signedOut: 'unauthorized at nowhere',
    due: 'reconnecting waiting +4000 failures 3 at nowhere',
    slept: 'connecting loading #8 at nowhere',
    shown: 'reconnecting waiting +4000 failures 3 at nowhere',
    wentOffline: 'offline waiting +1000 failures 1 at nowhere',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting loading #8 at nowhere',
    pauseRequested: 'paused at nowhere',
    resumeRequested: 'same',
  },
  opening: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'live #7 silence 10000 at e.5.t',
    progressed: 'same',
    gapFound: 'connecting loading #8 at nowhere',
    closed: 'reconnecting waiting +4000 failures 3 at e.5.t',
    superseded: 'evicted at e.5.t',
    tokenRefused: 'unauthorized at e.5.t',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'reconnecting waiting +4000 failures 3 at e.5.t',
    slept: 'connecting opening #8 at e.5.t',
    shown: 'reconnecting waiting +4000 failures 3 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  live: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'same',
    progressed: 'live #7 silence 30000 at e.6.t',
    gapFound: 'connecting loading #8 at nowhere',
    closed: 'reconnecting waiting +1000 failures 1 at e.5.t',
    superseded: 'evicted at e.5.t',
    tokenRefused: 'unauthorized at e.5.t',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'reconnecting waiting +1000 failures 1 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'reconnecting opening #8 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  waiting: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'same',
    progressed: 'same',
    gapFound: 'same',
    closed: 'same',
    superseded: 'same',
    tokenRefused: 'same',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'reconnecting opening #8 failures 2 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'reconnecting opening #8 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  reopening: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'live #7 silence 10000 at e.5.t',
    progressed: 'same',
    gapFound: 'reconnecting loading #8 failures 2 at nowhere',
    closed: 'reconnecting waiting +4000 failures 3 at e.5.t',
    superseded: 'evicted at e.5.t',
    tokenRefused: 'unauthorized at e.5.t',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'reconnecting waiting +4000 failures 3 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'reconnecting waiting +4000 failures 3 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  polling: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'same',
    progressed: 'same',
    gapFound: 'reconnecting loading #8 failures 2 at nowhere',
    closed: 'same',
    superseded: 'same',
    tokenRefused: 'same',
    polled: 'polling waiting +30000 poll waiting +10000 failures 2 at e.8.t',
    pollFailed: 'polling waiting +30000 poll waiting +10000 failures 2 at e.5.t',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'polling waiting +30000 poll fetching #8 failures 2 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'reconnecting opening #8 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  probing: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'live #7 silence 10000 at e.5.t',
    progressed: 'same',
    gapFound: 'reconnecting loading #8 failures 2 at nowhere',
    closed: 'polling waiting +30000 poll waiting +5000 failures 3 at e.5.t',
    superseded: 'evicted at e.5.t',
    tokenRefused: 'unauthorized at e.5.t',
    polled: 'polling opening #7 poll waiting +10000 failures 2 at e.8.t',
    pollFailed: 'polling opening #7 poll waiting +10000 failures 2 at e.5.t',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'polling waiting +30000 poll waiting +5000 failures 3 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'polling waiting +30000 poll waiting +5000 failures 3 at e.5.t',
    wentOffline: 'offline waiting +1000 failures 1 at e.5.t',
    cameOnline: 'same',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  offline: {
    snapshotLoaded: 'same',
    snapshotFailed: 'same',
    hello: 'same',
    progressed: 'same',
    gapFound: 'same',
    closed: 'same',
    superseded: 'same',
    tokenRefused: 'same',
    polled: 'same',
    pollFailed: 'same',
    refused: 'unauthorized at e.5.t',
    signedOut: 'unauthorized at nowhere',
    due: 'offline opening #8 failures 2 at e.5.t',
    slept: 'reconnecting opening #8 at e.5.t',
    shown: 'reconnecting opening #8 at e.5.t',
    wentOffline: 'same',
    cameOnline: 'reconnecting opening #8 at e.5.t',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
    pauseRequested: 'paused at e.5.t',
    resumeRequested: 'same',
  },
  paused: { ...atRest(), resumeRequested: 'reconnecting opening #8 at e.5.t' },
  evicted: atRest(),
  unauthorized: atRest(),
};

/** States that only a person ends ignore everything else. */
function atRest(): Record<Happening, string> {
  const entries = (Object.keys(events) as Happening[]).map((name) => [name, 'same'] as const);
  return {
    ...(Object.fromEntries(entries) as Record<Happening, string>),
    signedOut: 'unauthorized at nowhere',
    reconnectRequested: 'reconnecting opening #8 at e.5.t',
  };
}

function describeState(state: ConnectionState): string {
  const parts: string[] = [state.name];
  if (state.name === 'live') parts.push(`#${state.id} silence ${state.silenceMs}`);
  if ('attempt' in state) parts.push(describeActivity(state.attempt));
  if (state.name === 'polling') parts.push(`poll ${describeActivity(state.poll)}`);
  if (hasFailuresShown(state)) parts.push(`failures ${state.failures}`);
  return `${parts.join(' ')} at ${state.cursor ?? 'nowhere'}`;
}

function hasFailuresShown(state: ConnectionState): boolean {
  const isFirstAttempt = state.name === 'connecting' || (state.name === 'reconnecting' && state.failures === 0);
  return 'attempt' in state && !isFirstAttempt;
}

function describeActivity(activity: { kind: string; until?: number; deadlineAt?: number; id?: number }): string {
  if (activity.until !== undefined) return `${activity.kind} +${activity.until - NOW}`;
  expect(activity.deadlineAt).toBe(activity.id === 7 ? NOW : DEADLINE);
  return `${activity.kind} #${activity.id}`;
}

describe('transition', () => {
  for (const situation of Object.keys(table) as Situation[]) {
    for (const happening of Object.keys(table[situation]) as Happening[]) {
      const expected = table[situation][happening];
      it(`${situation} + ${happening} → ${expected}`, () => {
        const before: ConnectionState = states[situation];
        const after = transition(before, events[happening], settings, moment);
        expect(after === before ? 'same' : describeState(after)).toBe(expected);
      });
    }
  }

  it('begins with a snapshot, or with the stream when there is none to load', () => {
    expect(demandOf(initialState(settings, NOW)).snapshot).toBe(1);
    expect(demandOf(initialState({ ...settings, hasSnapshot: false }, NOW)).socket).toBe(1);
  });

  it('waits 1, 2, 4, 8, 16, then 30 s between failing attempts and never gives up', () => {
    const delays: number[] = [];
    let state: ConnectionState = { ...states.opening, failures: 0 };
    for (let round = 0; round < 8; round += 1) {
      state = transition(state, events.closed, DEFAULT_SETTINGS, moment);
      delays.push((wakeAt(state) ?? 0) - NOW);
      state = transition(state, events.due, DEFAULT_SETTINGS, { now: wakeAt(state) ?? 0, random: 0.5 });
    }
    expect(delays.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(delays.slice(6)).toEqual([30_000, 30_000]);
    expect(state.name).toBe('reconnecting');
  });

  it('retries within a second after a connection that had been healthy for 10 s', () => {
    const healthy: ConnectionState = { ...states.live, since: NOW - 10_000 };
    const after = transition(healthy, events.closed, settings, { now: NOW, random: 0.25 });
    expect(statusOf(after)).toEqual({ name: 'reconnecting', nextRetryAt: NOW + 250, failures: 1 });
  });

  it('delays the next snapshot when the last one led straight into another gap', () => {
    const again = transition({ ...states.live, isUntried: true }, events.gapFound, settings, moment);
    expect(describeState(again)).toBe('reconnecting waiting +4000 failures 3 at nowhere');
    const tried = transition({ ...states.live, isUntried: true }, events.progressed, settings, moment);
    expect(describeState(transition(tried, events.gapFound, settings, moment))).toBe(
      'connecting loading #8 at nowhere',
    );
    expect(transition({ ...states.live, isUntried: true }, events.closed, settings, moment).isUntried).toBe(false);
    expect(transition({ ...states.opening, isUntried: true }, events.closed, settings, moment).isUntried).toBe(true);
  });

  it('polls after five failed reconnections, keeps probing the stream, and returns to live', () => {
    const failed = transition({ ...states.reopening, failures: 5 }, events.closed, settings, moment);
    expect(describeState(failed)).toBe('polling waiting +30000 poll fetching #8 failures 6 at e.5.t');
    const probing = transition(failed, events.due, settings, { now: NOW + 30_000, random: 0.5 });
    expect(demandOf(probing).socket).toBeDefined();
    expect(transition(probing, events.hello, settings, moment)).toMatchObject({ name: 'live' });
    const refusedProbe = transition(probing, events.closed, settings, { now: NOW + 30_100, random: 0.5 });
    expect(refusedProbe.name).toBe('polling');
  });

  it('waits longer for a stream that is lost again and again, and counts anew where it would lead to polling', () => {
    const flapping: ConnectionState = { ...states.live, failures: 5 };
    const alone = transition(flapping, events.closed, DEFAULT_SETTINGS, moment);
    expect(describeState(alone)).toBe('reconnecting waiting +30000 failures 6 at e.5.t');
    const withPolling = transition(flapping, events.closed, settings, moment);
    expect(describeState(withPolling)).toBe('reconnecting waiting +1000 failures 1 at e.5.t');
  });

  it('has no position to probe the stream with until a poll gives one, and then probes at once', () => {
    const nowhere: ConnectionState = { ...states.polling, cursor: undefined, attempt: { kind: 'waiting', until: NOW } };
    expect(describeState(transition(nowhere, events.due, settings, moment))).toBe(
      'polling waiting +30000 poll fetching #8 failures 2 at nowhere',
    );
    expect(demandOf(transition(nowhere, events.due, { ...settings, hasSnapshot: false }, moment)).socket).toBe(9);
    expect(describeState(transition(nowhere, events.polled, settings, moment))).toBe(
      'polling opening #8 poll waiting +10000 failures 2 at e.8.t',
    );
  });

  it('asks at once for the rest of a page that was cut short', () => {
    const more = transition(states.polling, { ...events.polled, hasMore: true }, settings, moment);
    expect(describeState(more)).toBe('polling waiting +30000 poll fetching #8 failures 2 at e.8.t');
  });

  it('waits the ordinary delay after every loss under the steady policy', () => {
    const healthy: ConnectionState = { ...states.live, failures: 0, since: NOW - 60_000 };
    const after = transition(healthy, events.closed, { ...settings, policy: STEADY_RECONNECT_POLICY }, moment);
    expect(statusOf(after)).toEqual({ name: 'reconnecting', nextRetryAt: NOW + 1_000, failures: 1 });
  });

  it('keeps a stream that gave something during the sleep, as in a hidden page whose timers are late', () => {
    const awake: ConnectionState = { ...states.live, deadlineAt: NOW + 25_000 };
    expect(transition(awake, { type: 'woke', sleptMs: 60_000 }, settings, moment)).toBe(awake);
    expect(transition(awake, { type: 'woke', sleptMs: 0 }, settings, moment)).toBe(awake);
    expect(transition(awake, { type: 'woke', sleptMs: 6_000 }, settings, moment).name).toBe('reconnecting');
  });

  it('stays in its state when the clock wakes it early', () => {
    for (const state of Object.values(states)) {
      expect(transition(state, events.due, settings, { now: NOW - 1, random: 0.5 })).toEqual(state);
    }
  });
});
