import { seqOf } from '../../../protocol/cursor.ts';
import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import type { History, LiveMessage, UserChannel, UserDetail } from '../events.ts';
import { MessageList } from './message-list.ts';
import { type ListedMessage, toListedMessage } from './message-listed.ts';

/** Most messages the page holds; older ones are on `/messages`. */
export const USER_MESSAGES = 200;
/** How long what was deleted elsewhere may stand here, before the page is read again. */
export const REREAD_MS = 1_000;
/** A hidden page paints no frames: what piles up beyond this is folded in at once. */
const MAX_BUFFERED = 1_000;
const LOAD_LIMIT_MS = 10_000;

/** The user's own numbers, all as of one position. */
export interface UserFigures extends Omit<UserDetail, 'messages' | 'cursor'> {
  readonly asOf: number;
}

/** What the page shows; a new object whenever something in it changed. */
export interface UserView {
  readonly phase: 'loading' | 'ready' | 'unknown' | 'failed';
  readonly failure: { readonly error: Error; readonly at: number } | undefined;
  readonly isLoading: boolean;
  readonly figures: UserFigures | undefined;
  /** In display order, the newest last. */
  readonly messages: readonly ListedMessage[];
  /** The user was deleted while the page was open, and this became of the messages. */
  readonly unavailable: History | undefined;
}

export interface UserModelOptions {
  /** Reads the user; undefined when there is none. */
  readonly read: (signal: AbortSignal) => Promise<UserDetail | undefined>;
  /** What was read already. */
  readonly rendered?: UserDetail | undefined;
  readonly frames: FrameScheduler;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** Runs an action later, unless the function it returns is called. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
}

export type UserModel = ReturnType<typeof createUserModel>;

/** The state of `/users/<user-name>`, outside React: bursts are folded in once per frame and read as one view. */
export function createUserModel({ read, rendered, frames, now, schedule }: UserModelOptions) {
  const listeners = new Set<() => void>();
  let list = new MessageList(USER_MESSAGES);
  let buffer: LiveMessage[] = [];
  let cancelFrame: (() => void) | undefined;
  let cancelReread: (() => void) | undefined;
  let loading: AbortController | undefined;
  let view: UserView = {
    phase: 'loading',
    failure: undefined,
    isLoading: true,
    figures: undefined,
    messages: [],
    unavailable: undefined,
  };

  function show(change: Partial<UserView>): void {
    view = { ...view, ...change };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    buffer = [];
    const added = list.merge(arrived.flatMap((item) => (item.type === 'message' ? toListedMessage(item) : [])));
    list.trim('oldest');
    let { figures, unavailable } = view;
    for (const row of arrived) {
      const asOf = row.type === 'user' ? (seqOf(row.as_of) ?? 0) : 0;
      if (row.type !== 'user' || !figures || asOf <= figures.asOf) continue;
      if (row.unavailable === undefined) {
        const next: UserFigures = { ...row, channels: row.channels ?? figures.channels, asOf };
        if (unavailable !== undefined || hasLost(figures, next)) cancelReread ??= schedule(REREAD_MS, reread);
        figures = next;
      } else figures = { ...figures, asOf };
      unavailable = row.unavailable;
    }
    show({ figures, unavailable, messages: added.length > 0 ? list.newest(USER_MESSAGES) : view.messages });
  }

  function reread(): void {
    cancelReread = undefined;
    void refresh();
  }

  async function load(outer?: AbortSignal): Promise<string> {
    loading?.abort();
    const own = new AbortController();
    loading = own;
    const limits = [own.signal, AbortSignal.timeout(LOAD_LIMIT_MS), ...(outer ? [outer] : [])];
    const signal = AbortSignal.any(limits);
    show({ isLoading: true });
    try {
      const detail = await read(signal);
      signal.throwIfAborted();
      loading = undefined;
      if (detail) return take(detail);
      // Of a user who was deleted before one's eyes, what was seen stays.
      show({ phase: view.unavailable === undefined ? 'unknown' : 'ready', failure: undefined, isLoading: false });
      throw new Error('There is no such user.');
    } catch (cause) {
      if (loading === own) {
        loading = undefined;
        const error = cause instanceof Error ? cause : new Error(String(cause));
        const phase = view.figures ? 'ready' : 'failed';
        if (!outer?.aborted) show({ failure: { error, at: now() }, phase, isLoading: false });
      }
      throw cause;
    }
  }

  /** The answer replaces everything but what the feed gave after it. */
  function take({ messages, cursor, ...figures }: UserDetail): string {
    if (buffer.length > 0) flush();
    const asOf = seqOf(cursor) ?? 0;
    const later = list.after(asOf);
    list = new MessageList(USER_MESSAGES);
    list.merge(messages.map(toListedMessage));
    list.merge(later);
    list.trim('oldest');
    const isNewer = !view.figures || asOf >= view.figures.asOf;
    show({
      phase: 'ready',
      failure: undefined,
      isLoading: false,
      messages: list.newest(USER_MESSAGES),
      ...(isNewer && { figures: { ...figures, asOf }, unavailable: undefined }),
    });
    return cursor;
  }

  /** Another log counts its positions anew: nothing known can be compared with what comes of it. */
  function forgetPositions(): void {
    buffer = [];
    list = new MessageList(USER_MESSAGES);
    if (view.figures) view = { ...view, figures: { ...view.figures, asOf: 0 } };
  }

  /** Reads the user again, beside the feed. What goes wrong is in the view. */
  async function refresh(): Promise<void> {
    await load().catch(() => {});
  }

  const renderedCursor = rendered && take(rendered);

  return {
    /** Where `rendered` was read; its feed continues from there. */
    renderedCursor,
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Loads everything anew and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
    loadSnapshot(signal: AbortSignal): Promise<string> {
      forgetPositions();
      return load(signal);
    },
    /** A deleted user is there again, maybe in another log. */
    welcome(): void {
      forgetPositions();
      void refresh();
    },
    /** Takes messages and rows of the feed. */
    receive(messages: readonly LiveMessage[]): void {
      buffer.push(...messages);
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
    },
    refresh,
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
      cancelReread?.();
      cancelReread = undefined;
      loading?.abort();
      loading = undefined;
    },
  };
}

/** Whether messages or a channel went, which the feed does not say one by one. */
function hasLost(before: UserFigures, after: UserFigures): boolean {
  if (after.message_count < before.message_count) return true;
  const named = ({ channels }: UserFigures) => channels.filter(({ channel }) => channel !== null).map(nameOf);
  const still = new Set(named(after));
  return named(before).some((name) => !still.has(name));
}

const nameOf = ({ channel }: UserChannel) => channel;
