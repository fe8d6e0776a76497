import { seqOf } from '../../../protocol/cursor.ts';
import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import type { LiveMessage, Metrics } from '../events.ts';
import { type KnownTotals, type Totals, totalsOf, withTotals } from './message-metrics.ts';
import { type Summary, toLiveSummary } from './summary.ts';
import type { SummaryApi } from './summary-api.ts';
import type { SummaryKind } from './summary-kind.ts';
import { SummaryList, type SummaryPage } from './summary-list.ts';
import type { SummaryQuery } from './summary-search.ts';

/** How long rows keep their places at least. */
export const REORDER_MS = 1_000;
/** A hidden page paints no frames: what piles up beyond this is folded in at once. */
const MAX_BUFFERED = 1_000;
const LOAD_LIMIT_MS = 10_000;

/** What the page shows; a new object whenever something in it changed. */
export interface SummaryView {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last load failed, and when. */
  readonly failure: { readonly error: Error; readonly at: number } | undefined;
  /** What the rows answer; while it is loading, they still answer the one before. */
  readonly query: SummaryQuery;
  readonly isLoading: boolean;
  readonly rows: readonly Summary[];
  /** Everything that matches the query. */
  readonly total: number;
  readonly isComplete: boolean;
  readonly metrics: Totals | undefined;
  /** Whether somebody points at the rows, which therefore keep their places. */
  readonly isHeld: boolean;
  /** Whether the rows are no longer in the order of their values. */
  readonly isOutOfOrder: boolean;
}

/** What the page shows first. */
export interface SummaryAnswers {
  readonly metrics: Metrics;
  readonly page: SummaryPage;
}

export async function readSummaries(
  api: SummaryApi,
  query: SummaryQuery,
  signal: AbortSignal,
): Promise<SummaryAnswers> {
  const [metrics, page] = await Promise.all([api.metrics(signal), api.page(query, signal)]);
  return { metrics, page };
}

export interface SummaryModelOptions {
  readonly kind: SummaryKind;
  readonly api: SummaryApi;
  /** What is shown first. */
  readonly query: SummaryQuery;
  /** What was read for `query` already. */
  readonly rendered?: SummaryAnswers | undefined;
  readonly frames: FrameScheduler;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** Runs an action later, unless the function it returns is called. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
}

export type SummaryModel = ReturnType<typeof createSummaryModel>;

/** The state of `/channels` or `/users`, outside React: rows are folded in once per frame and read as one view. */
export function createSummaryModel({ kind, api, query, rendered, frames, now, schedule }: SummaryModelOptions) {
  const listeners = new Set<() => void>();
  let list: SummaryList | undefined;
  /** Rows of the feed that an answer under way may not hold yet, the newest by name. */
  let recent = new Map<string, Summary>();
  let known: KnownTotals | undefined;
  let buffer: LiveMessage[] = [];
  let cancelFrame: (() => void) | undefined;
  let cancelReorder: (() => void) | undefined;
  let wanted = query;
  let loading: AbortController | undefined;
  let newest: Promise<string> | undefined;
  let view: SummaryView = {
    phase: 'loading',
    failure: undefined,
    query: wanted,
    isLoading: true,
    rows: [],
    total: 0,
    isComplete: true,
    metrics: undefined,
    isHeld: false,
    isOutOfOrder: false,
  };

  function show(change: Partial<SummaryView> = {}): void {
    view = {
      ...view,
      ...change,
      rows: list?.rows ?? [],
      total: list?.total ?? 0,
      isComplete: list?.isComplete ?? true,
      isOutOfOrder: list?.isOutOfOrder ?? false,
      metrics: known?.totals,
    };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    buffer = [];
    known = withTotals(known, arrived);
    const rows = arrived.flatMap((message) => (message.type === kind.type ? toLiveSummary(message) : []));
    if (loading) for (const row of rows) recent.set(row.name, row);
    list?.take(rows, now());
    if (list?.isOverfull) list.reorder();
    if (list?.isOutOfOrder && !view.isHeld) cancelReorder ??= schedule(REORDER_MS, reorder);
    show();
  }

  function reorder(): void {
    cancelReorder?.();
    cancelReorder = undefined;
    if (view.isHeld || !list) return;
    list.reorder();
    show();
    if (list.isThin && !loading) void refresh();
  }

  /** Reads what is wanted now, and puts on top of it what the feed gave meanwhile. */
  async function load(outer?: AbortSignal): Promise<string> {
    loading?.abort();
    const own = new AbortController();
    loading = own;
    const asked = wanted;
    recent = new Map();
    const limits = [own.signal, AbortSignal.timeout(LOAD_LIMIT_MS), ...(outer ? [outer] : [])];
    const signal = AbortSignal.any(limits);
    show({ isLoading: true });
    try {
      const answers = await readSummaries(api, asked, signal);
      signal.throwIfAborted();
      // First what has arrived, into `recent`: it may be newer than the answer.
      if (buffer.length > 0) flush();
      if (loading === own) loading = undefined;
      return take(answers, asked);
    } catch (cause) {
      if (loading === own) {
        loading = undefined;
        const error = cause instanceof Error ? cause : new Error(String(cause));
        const phase = list ? 'ready' : 'failed';
        if (!outer?.aborted) show({ failure: { error, at: now() }, phase, isLoading: false });
      }
      throw cause;
    }
  }

  function take({ metrics, page }: SummaryAnswers, asked: SummaryQuery): string {
    list = new SummaryList(asked, page);
    list.take([...recent.values()], now());
    list.reorder();
    recent = new Map();
    const read = totalsOf(metrics);
    if (!known || read.asOf >= known.asOf) known = read;
    show({ phase: 'ready', failure: undefined, query: asked, isLoading: false });
    return earlier(metrics.cursor, page.cursor);
  }

  /** Reads the list again, beside the feed. What goes wrong is in the view. */
  async function refresh(): Promise<void> {
    newest = load();
    await newest.catch(() => {});
  }

  /** Where another order or search takes the place of what the connection waits for, it waits for that. */
  async function loadSnapshot(signal: AbortSignal): Promise<string> {
    // Another log counts its positions anew, so nothing known can be compared with what comes.
    buffer = [];
    known = undefined;
    let mine = load(signal);
    newest = mine;
    for (;;) {
      try {
        return await mine;
      } catch (cause) {
        if (signal.aborted || mine === newest) throw cause;
        mine = newest;
      }
    }
  }

  const renderedCursor = rendered && take(rendered, query);

  return {
    /** Where `rendered` was read; its feed continues from there. */
    renderedCursor,
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Loads everything anew and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
    loadSnapshot,
    /** Takes rows of the feed. */
    receive(messages: readonly LiveMessage[]): void {
      buffer.push(...messages);
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
    },
    /** Asks for another order or search. */
    setQuery(next: SummaryQuery): void {
      if (wanted.sort === next.sort && wanted.order === next.order && wanted.q === next.q) return;
      wanted = next;
      if (list?.isComplete && !loading && next.q === view.query.q) {
        list = list.inOrder(next);
        show({ query: next });
      } else void refresh();
    },
    refresh,
    /** Keeps every row in its place, or lets them go where they belong. */
    hold(isHeld: boolean): void {
      if (isHeld === view.isHeld) return;
      show({ isHeld });
      if (!isHeld) reorder();
    },
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
      cancelReorder?.();
      cancelReorder = undefined;
      loading?.abort();
      loading = undefined;
    },
  };
}

/** Rows say everything anew, so tailing from the earlier of two positions repeats some and misses none. */
function earlier(a: string, b: string): string {
  return (seqOf(a) ?? 0) < (seqOf(b) ?? 0) ? a : b;
}
