import { parseCursor } from '../protocol/cursor.ts';

/** Events may come by the hundred: what they leave open is asked for once, after this pause. */
export const REREAD_MS = 200;
/** Most events kept for an answer that is under way; with more it is asked for again. */
const MAX_PENDING = 2_000;
const LOAD_LIMIT_MS = 10_000;

/** A state with the position it is as of. */
export interface Positioned {
  readonly cursor: string;
}

export interface LiveModelOptions<State extends Positioned, Event extends Positioned> {
  readonly read: (signal: AbortSignal) => Promise<State>;
  /** What was read already. */
  readonly rendered?: State | undefined;
  /** The state after one event; the same object where nothing changes. */
  readonly update: (state: State, event: Event) => State;
  /** Whether an event changes more of the state than it says, so that the state is read again. */
  readonly isIncomplete: (event: Event) => boolean;
  /** Runs an action later, unless the function it returns is called. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
}

/** A new object whenever something in it changed. */
export interface LiveView<State> {
  /** The newest state known; it stays while what follows cannot be read. */
  readonly state: State | undefined;
  /** Why the last read failed; undefined once one succeeds. */
  readonly failure: { readonly error: Error; readonly at: number } | undefined;
  readonly isLoading: boolean;
}

export type LiveModel<State extends Positioned, Event extends Positioned> = ReturnType<
  typeof createLiveModel<State, Event>
>;

/** One state of the server, continued by a feed from the position it was read at (PROTOCOL R16). */
export function createLiveModel<State extends Positioned, Event extends Positioned>(
  options: LiveModelOptions<State, Event>,
) {
  const { read, rendered, update, isIncomplete, schedule, now } = options;
  const listeners = new Set<() => void>();
  let view: LiveView<State> = { state: rendered, failure: undefined, isLoading: rendered === undefined };
  /** What came while an answer is under way: the answer may have been read before it. */
  let pending: Event[] = [];
  /** How far the state has got; its own cursor says only where it was read. */
  let position = rendered?.cursor ?? '';
  let loading: AbortController | undefined;
  let cancelReread: (() => void) | undefined;

  function show(change: Partial<LiveView<State>>): void {
    view = { ...view, ...change };
    for (const listener of [...listeners]) listener();
  }

  function after(state: State, events: readonly Event[]): State {
    const news = events.filter(({ cursor }) => isAfter(cursor, position));
    position = news.at(-1)?.cursor ?? position;
    return news.reduce(update, state);
  }

  async function load(outer?: AbortSignal): Promise<string> {
    loading?.abort();
    cancelReread?.();
    cancelReread = undefined;
    const own = new AbortController();
    loading = own;
    pending = [];
    show({ isLoading: true });
    try {
      const limits = [own.signal, AbortSignal.timeout(LOAD_LIMIT_MS), ...(outer ? [outer] : [])];
      const signal = AbortSignal.any(limits);
      const answer = await read(signal);
      signal.throwIfAborted();
      loading = undefined;
      position = answer.cursor;
      show({ state: after(answer, pending), failure: undefined, isLoading: false });
      pending = [];
      return answer.cursor;
    } catch (cause) {
      if (loading === own) {
        loading = undefined;
        const error = cause instanceof Error ? cause : new Error(String(cause));
        show(outer?.aborted ? { isLoading: false } : { failure: { error, at: now() }, isLoading: false });
      }
      throw cause;
    }
  }

  /** Reads the state again, beside the feed. What goes wrong is in the view. */
  async function refresh(): Promise<void> {
    await load().catch(() => {});
  }

  function rereadSoon(): void {
    cancelReread ??= schedule(REREAD_MS, () => {
      cancelReread = undefined;
      void refresh();
    });
  }

  return {
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Loads everything anew and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
    loadSnapshot: (signal: AbortSignal): Promise<string> => load(signal),
    /** Takes events of the feed, in their order. */
    receive(events: readonly Event[]): void {
      if (loading) {
        pending.push(...events);
        if (pending.length > MAX_PENDING) {
          pending = [];
          rereadSoon();
        }
      }
      if (view.state) {
        const state = after(view.state, events);
        if (state !== view.state) show({ state });
      }
      if (events.some(isIncomplete)) rereadSoon();
    },
    /** Changes the state by what was read beside it, such as an older page. */
    amend(change: (state: State) => State): void {
      if (view.state) show({ state: change(view.state) });
    },
    refresh,
    stop(): void {
      cancelReread?.();
      cancelReread = undefined;
      loading?.abort();
      loading = undefined;
    },
  };
}

/** Positions of different logs cannot be compared: then the event counts as news. */
function isAfter(cursor: string, asOf: string): boolean {
  const [event, state] = [parseCursor(cursor), parseCursor(asOf)];
  return !event || !state || event.epoch !== state.epoch || event.seq > state.seq;
}
