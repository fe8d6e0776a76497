import { CLOSE } from '../protocol/close-codes.ts';
import type { EventMessage, ServerFrame } from '../protocol/frames.ts';
import { isRow } from '../protocol/read-frame.ts';
import { initialState, transition } from './connection-machine.ts';
import {
  type ConnectionEvent,
  type ConnectionSettings,
  type ConnectionState,
  type ConnectionStatus,
  DEFAULT_SETTINGS,
  demandOf,
  isSameStatus,
  statusOf,
  wakeAt,
} from './connection-state.ts';
import type { ClientEnvironment, PageChange, Socket } from './environment.ts';
import { createFeedDelivery, type FeedHandlers } from './feed-delivery.ts';
import { RefusedError } from './feed-problem.ts';
import { findRefusal } from './find-refusal.ts';
import { meaningOf, takeBatch } from './frame-intake.ts';
import { loadPage } from './load-page.ts';
import { messageOf } from './message-of.ts';
import { openSharedStream } from './open-shared-stream.ts';
import { openStream, type StreamTransport } from './open-stream.ts';
import { createRowGuard } from './row-guard.ts';
import { runtimeEnvironment } from './runtime-environment.ts';
import type { Session } from './session.ts';
import { createTokenKeeper } from './token-keeper.ts';
import { watchForSleep } from './watch-for-sleep.ts';

/** `Event` is what `parse` makes of a message; without `parse` it is the message itself. */
export interface FeedConnectionOptions<Event = EventMessage> extends FeedHandlers<Event> {
  /** The feed's URL, absolute or relative to the page, for example `/stream`. */
  readonly url: string;
  /** How the stream is read. Default `websocket`; a runtime without WebSocket, such as Node 20, uses `sse`. */
  readonly transport?: StreamTransport;
  /**
   * The feed's own event types. With them, browsers read SSE by their `EventSource`, which delivers no other types;
   * without them by `fetch`, which delivers all.
   */
  readonly eventTypes?: readonly string[];
  /**
   * Loads and shows the state the stream continues from, and resolves with the cursor it is as of. Called at the start
   * and whenever the position is lost. Without it the stream is joined at its head.
   */
  readonly snapshot?: (signal: AbortSignal) => Promise<string>;
  /**
   * The position of a state that is shown already, such as a page that a server has rendered: the first start continues
   * from it and loads no snapshot.
   */
  readonly cursor?: string | undefined;
  /**
   * Where `settings.poll` polls a state instead of the feed's own pages: loads and shows it, and resolves with the
   * cursor it is as of, as `snapshot` does (specs/001 polls `GET /reconciliation/latest`).
   */
  readonly poll?: (signal: AbortSignal) => Promise<string>;
  /**
   * Lets all tabs of the browser that show this feed share one connection. Where tabs cannot find each other, each has its
   * own. Default false.
   */
  readonly shareTabs?: boolean;
  /** Gives the token to connect with; see {@link SessionOptions.token}. */
  readonly token?: () => Promise<string | undefined>;
  /** Gives the token, and ends the connection with its sign-out. */
  readonly session?: Session;
  readonly settings?: Partial<Omit<ConnectionSettings, 'hasSnapshot'>>;
  /** Default: the runtime's. */
  readonly environment?: ClientEnvironment;
}

/** A connection to one feed. Idle until `start`; may be started again after `stop`. */
export interface FeedConnection {
  start(signal?: AbortSignal): void;
  /** Closes everything: no timer, socket or request is left. */
  stop(): void;
  /** Tries at once; the way out of `evicted` and `unauthorized`. */
  reconnect(): void;
  /** Closes the stream until `resume`, which continues at the same position. */
  pause(): void;
  resume(): void;
  readonly status: () => ConnectionStatus;
  readonly subscribe: (listener: () => void) => () => void;
  /** The position up to which everything was received. */
  cursor(): string | undefined;
  /** How many messages `parse` threw for. */
  invalidCount(): number;
  /** The clock that `status().nextRetryAt` is on. */
  now(): number;
}

/** Code of a connection that ended without a close frame, or never was one (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

interface Running {
  readonly id: number;
  stop(): void;
  /** How to send on a stream that was opened with a token, if it can. */
  send?(): Socket['send'];
}

export function createFeedConnection<Event = EventMessage>(options: FeedConnectionOptions<Event>): FeedConnection {
  const environment = options.environment ?? runtimeEnvironment;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings, hasSnapshot: options.snapshot !== undefined };
  const provide = options.token ?? options.session?.token;
  const tokens = provide && createTokenKeeper({ environment, provide, onRenewed: renewed, onFailed: reportToken });
  // Where connections are counted, one that comes back takes the place of the one before, and of no other of the user.
  const connection = tokens && environment.random().toString(36).slice(2);
  const delivery = createFeedDelivery(options);
  const rows = createRowGuard();
  const listeners = new Set<() => void>();
  const running = new Map<'snapshot' | 'socket' | 'poll', Running>();
  let state = initialState(settings, environment.now());
  let status = statusOf(state);
  let isStarted = false;
  let isSuspended = false;
  let shownCursor = options.cursor;
  let cancelTimer = () => {};
  let stopListening = () => {};
  let probe = new AbortController();

  function send(event: ConnectionEvent): void {
    if (!isStarted) return;
    enter(transition(state, event, settings, { now: environment.now(), random: environment.random() }));
  }

  function enter(next: ConnectionState): void {
    const previousWake = wakeAt(state);
    state = next;
    reconcile();
    if (wakeAt(state) !== previousWake) armTimer();
    const nextStatus = statusOf(state);
    if (isSameStatus(status, nextStatus)) return;
    status = nextStatus;
    for (const listener of [...listeners]) listener();
  }

  /** Frames move the deadline forward all the time, so the timer is only re-armed when it has run out or is late. */
  let timerAt = Number.POSITIVE_INFINITY;
  function armTimer(): void {
    const at = isStarted ? (wakeAt(state) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    if (at >= timerAt && at !== Number.POSITIVE_INFINITY) return;
    cancelTimer();
    timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    cancelTimer = environment.schedule(Math.max(0, at - environment.now()), () => {
      timerAt = Number.POSITIVE_INFINITY;
      const wake = wakeAt(state);
      if (wake !== undefined && wake <= environment.now()) send({ type: 'due' });
      armTimer();
    });
  }

  /** Stops what the state no longer needs, then starts what it needs now. */
  function reconcile(): void {
    const demand =
      isStarted && !isSuspended ? demandOf(state) : { snapshot: undefined, socket: undefined, poll: undefined };
    const kinds = ['snapshot', 'socket', 'poll'] as const;
    for (const kind of kinds) {
      const current = running.get(kind);
      if (current && current.id !== demand[kind]) {
        running.delete(kind);
        current.stop();
      }
    }
    for (const kind of kinds) {
      const id = demand[kind];
      if (id === undefined || running.has(kind)) continue;
      if (kind === 'socket') openSocket(id);
      else request(kind, id);
    }
  }

  function openSocket(id: number): void {
    const isCurrent = () => running.get('socket')?.id === id;
    probe.abort();
    rows.streamAsked();
    let hasOpened = false;
    const { url, transport = 'websocket', eventTypes } = options;
    const open = options.shareTabs ? openSharedStream : openStream;
    const connect = () =>
      open(
        environment,
        { url, transport, eventTypes, cursor: state.cursor, connection, token: () => tokens?.current() },
        {
          onFrame(frame) {
            hasOpened = true;
            if (isCurrent()) receive(frame);
          },
          onInvalid: (cause) => isCurrent() && delivery.problem({ kind: 'invalid_frame', message: messageOf(cause) }),
          onClose(code) {
            if (!isCurrent()) return;
            send({ type: 'closed', code: isExpiry(code) ? CLOSE.goingAway : code });
            if (transport === 'websocket' && !hasOpened && code === ABNORMAL_CLOSURE) askWhy();
          },
        },
      );
    if (!tokens) {
      const socket = connect();
      running.set('socket', { id, stop: () => socket.close() });
      return;
    }
    let socket: Socket | undefined;
    running.set('socket', {
      id,
      stop() {
        tokens.stop();
        socket?.close();
      },
      send: () => socket?.send,
    });
    tokens.ask().then(
      () => {
        if (isCurrent()) socket = connect();
      },
      (cause: unknown) => {
        if (!isCurrent()) return;
        reportToken(cause);
        send(cause instanceof RefusedError ? { type: 'refused' } : { type: 'closed', code: CLOSE.goingAway });
      },
    );
  }

  /** While the next try waits; what comes too late says nothing of it. */
  function askWhy(): void {
    if (!isStarted) return;
    probe = new AbortController();
    const { signal } = probe;
    findRefusal(environment, { url: options.url, token: tokens?.current(), signal }).then(
      (refusal) => {
        if (signal.aborted || refusal === undefined) return;
        send(refusal === 'refused' ? { type: 'refused' } : { type: 'heldOff', forMs: refusal });
      },
      () => {},
    );
  }

  /** A stream that was good until now ended for its token's sake: another token may open the next. */
  function isExpiry(code: number): boolean {
    return code === CLOSE.unauthorized && tokens !== undefined && state.name === 'live';
  }

  /** In place where the transport can send; else by opening the stream again at its position. */
  function renewed(token: string): void {
    if (state.name !== 'live') return;
    const sendText = running.get('socket')?.send?.();
    if (sendText) sendText(JSON.stringify({ type: 'auth', token }));
    else send({ type: 'woke', sleptMs: Number.POSITIVE_INFINITY });
  }

  function reportToken(cause: unknown): void {
    delivery.problem({ kind: 'token_failed', message: messageOf(cause), cause });
  }

  function request(kind: 'snapshot' | 'poll', id: number): void {
    const abort = new AbortController();
    running.set(kind, { id, stop: () => abort.abort() });
    const isCurrent = () => running.get(kind)?.id === id;
    const work = kind === 'snapshot' ? loadSnapshot(abort.signal) : poll(abort.signal);
    work.then(
      (apply) => isCurrent() && apply(),
      (cause: unknown) => {
        if (!isCurrent()) return;
        delivery.problem({
          kind: kind === 'snapshot' ? 'snapshot_failed' : 'poll_failed',
          message: messageOf(cause),
          cause,
        });
        if (cause instanceof RefusedError) send({ type: 'refused' });
        else send({ type: kind === 'snapshot' ? 'snapshotFailed' : 'pollFailed' });
      },
    );
  }

  async function loadSnapshot(signal: AbortSignal): Promise<() => void> {
    const cursor = await options.snapshot?.(signal);
    return () => send(cursor === undefined ? { type: 'snapshotFailed' } : { type: 'snapshotLoaded', cursor });
  }

  /** Without a position only a state can be polled: a page of the feed would begin at its head. */
  async function poll(signal: AbortSignal): Promise<() => void> {
    const loadState = options.poll ?? (state.cursor === undefined ? options.snapshot : undefined);
    if (loadState) {
      const cursor = await loadState(signal);
      return () => {
        rows.shown(cursor);
        send({ type: 'polled', cursor });
      };
    }
    await tokens?.ask();
    const page = await loadPage(environment, {
      url: options.url,
      cursor: state.cursor,
      token: tokens?.current(),
      signal,
    });
    if (!page) return () => lose('the position has expired');
    return () => {
      const taken = takeBatch(state.cursor ?? page.from, { from: page.from, to: page.cursor, events: page.events });
      if (taken.kind === 'gap') return lose('a page starts elsewhere');
      send({ type: 'polled', cursor: taken.cursor, hasMore: !page.upToDate });
      rows.shown(taken.events.findLast(isRow)?.as_of ?? taken.cursor);
      delivery.events(taken.events);
      if (page.heartbeat) delivery.heartbeat(page.heartbeat);
    };
  }

  function receive(frame: ServerFrame): void {
    if (frame.type !== 'hello' && frame.type !== 'reset' && state.name !== 'live') return;
    const { events, happening, gap } = meaningOf(frame, state.cursor);
    if (gap !== undefined) delivery.problem({ kind: 'gap', message: gap });
    // The position first: a handler that pauses or reconnects continues after the events it was given.
    if (happening) send(happening);
    delivery.events(rows.fresh(events));
    if (frame.type === 'heartbeat') delivery.heartbeat(frame);
  }

  function lose(message: string): void {
    delivery.problem({ kind: 'gap', message });
    send({ type: 'gapFound' });
  }

  function start(signal?: AbortSignal): void {
    if (isStarted || signal?.aborted) return;
    isStarted = true;
    isSuspended = false;
    signal?.addEventListener('abort', stop, { once: true });
    const unsubscribe = [
      () => signal?.removeEventListener('abort', stop),
      environment.onOnlineChange((isOnline) => send({ type: isOnline ? 'cameOnline' : 'wentOffline' })),
      environment.onPageChange?.(changePage),
      watchForSleep(environment, (sleptMs) => send({ type: 'woke', sleptMs })),
      options.session?.onSignOut(() => {
        send({ type: 'signedOut' });
        stop();
      }),
    ];
    stopListening = () => {
      for (const stop of unsubscribe) stop?.();
    };
    enter(initialState(settings, environment.now(), { cursor: shownCursor, lastId: state.lastId }));
    shownCursor = undefined;
    armTimer();
    if (!environment.isOnline()) send({ type: 'wentOffline' });
  }

  /** An open socket would keep the page out of the browser's cache of pages. */
  function changePage(change: PageChange): void {
    isSuspended = change === 'suspended';
    if (isSuspended) reconcile();
    else send({ type: 'woke', sleptMs: change === 'restored' ? Number.POSITIVE_INFINITY : 0 });
  }

  function stop(): void {
    if (!isStarted) return;
    isStarted = false;
    probe.abort();
    tokens?.stop();
    stopListening();
    reconcile();
    armTimer();
  }

  return {
    start,
    stop,
    reconnect: () => send({ type: 'reconnectRequested' }),
    pause: () => send({ type: 'pauseRequested' }),
    resume: () => send({ type: 'resumeRequested' }),
    status: () => status,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cursor: () => state.cursor,
    invalidCount: delivery.invalidCount,
    now: () => environment.now(),
  };
}
