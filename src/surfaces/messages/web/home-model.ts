import { parseCursor, seqOf } from '../../../protocol/cursor.ts';
import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import type { LiveMessage, MessagePage, Metrics } from '../events.ts';
import { MessageList } from './message-list.ts';
import { type ListedMessage, toListedMessage } from './message-listed.ts';
import { type KnownTotals, type Totals, totalsOf, withTotals } from './message-metrics.ts';
import type { MessagesApi } from './messages-api.ts';

/** Messages on the start page. */
export const LATEST = 50;
/** A hidden page paints no frames: what piles up beyond this is worked off at once. */
const MAX_BUFFERED = 1_000;

/** What the start page shows; a new object whenever something in it changed. */
export interface HomeView {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last load failed, in words. */
  readonly failure: string | undefined;
  readonly totals: Totals | undefined;
  /** Oldest first. */
  readonly latest: readonly ListedMessage[];
}

/** What the panel shows first. */
export interface HomeAnswers {
  readonly metrics: Metrics;
  readonly page: MessagePage;
}

export interface HomeModelOptions {
  readonly api: Pick<MessagesApi, 'page' | 'metrics'>;
  readonly frames: FrameScheduler;
  /** What was read already. */
  readonly rendered?: HomeAnswers | undefined;
}

export async function readHome(api: HomeModelOptions['api'], signal: AbortSignal): Promise<HomeAnswers> {
  const [metrics, page] = await Promise.all([api.metrics(signal), api.page({ limit: LATEST, filters: {} }, signal)]);
  return { metrics, page };
}

export type HomeModel = ReturnType<typeof createHomeModel>;

/** Totals and the latest messages, outside React: bursts are folded in once per frame. */
export function createHomeModel({ api, frames, rendered }: HomeModelOptions) {
  const listeners = new Set<() => void>();
  let list = new MessageList(LATEST);
  let totals: KnownTotals | undefined;
  let epoch: string | undefined;
  let buffer: LiveMessage[] = [];
  let cancelFrame: (() => void) | undefined;
  let view: HomeView = { phase: 'loading', failure: undefined, totals: undefined, latest: [] };

  function show(change: Partial<HomeView>): void {
    view = { ...view, ...change, totals: totals?.totals, latest: list.newest(LATEST) };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    buffer = [];
    totals = withTotals(totals, arrived);
    list.merge(arrived.flatMap((item) => (item.type === 'message' ? [toListedMessage(item)] : [])));
    list.trim('oldest');
    show({});
  }

  async function read(signal: AbortSignal): Promise<string> {
    const answers = await readHome(api, signal);
    signal.throwIfAborted();
    flush();
    return take(answers);
  }

  function take({ metrics, page }: HomeAnswers): string {
    const cursor = (seqOf(metrics.cursor) ?? 0) <= (seqOf(page.cursor) ?? 0) ? metrics.cursor : page.cursor;
    const isSameLog = epoch === parseCursor(cursor)?.epoch;
    epoch = parseCursor(cursor)?.epoch;
    const isJoined = isSameLog && page.messages.some(({ seq }) => list.has(seq));
    if (!isJoined) list = new MessageList(LATEST);
    list.merge(page.messages.map(toListedMessage));
    list.trim('oldest');
    const read = totalsOf(metrics);
    if (!isSameLog || !totals || read.asOf >= totals.asOf) totals = read;
    show({ phase: 'ready', failure: undefined });
    return cursor;
  }

  function fail(message: string): void {
    show({ failure: message, phase: view.phase === 'ready' ? 'ready' : 'failed' });
  }

  const renderedCursor = rendered && take(rendered);

  return {
    /** Where `rendered` was read; its feed continues from there. */
    renderedCursor,
    view: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Loads everything and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
    loadSnapshot: read,
    receive(messages: readonly LiveMessage[]): void {
      buffer.push(...messages);
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
    },
    /** The snapshot could not be loaded; what is on the page stays. */
    fail,
    /** Reads what is new without the feed, for when it is away. */
    async refresh(signal: AbortSignal): Promise<void> {
      try {
        await read(signal);
      } catch (cause) {
        if (!signal.aborted) fail(cause instanceof Error ? cause.message : String(cause));
      }
    },
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
    },
  };
}
