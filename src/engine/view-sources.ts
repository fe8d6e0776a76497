import type { SkipRecord } from './batch.ts';
import type { Clock } from './clock.ts';
import type { FeedView, RowSet } from './feed.ts';
import { FeedSource, type Source } from './feed-source.ts';
import { MeasuredMembers } from './heartbeat.ts';
import type { Log } from './log/log.ts';
import { RowSource } from './row-source.ts';
import type { SnapshotReader } from './store/snapshot.ts';

/** Where the readers of one view read. */
export type ViewSource = {
  /** What its heartbeats carry. */
  readonly members: MeasuredMembers | undefined;
} & (
  | { readonly kind: 'events'; readonly events: FeedSource; readonly rows: RowSource | undefined }
  | { readonly kind: 'rows'; readonly rows: RowSource }
);

export interface ViewSourcesOptions {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly clock: Clock;
  readonly skip: SkipRecord;
  /** Wakes the readers when rows that were held back are due. */
  readonly wake: () => void;
  /** Told of a view whose heartbeat could not be measured. */
  readonly onHeartbeatFailed: (error: unknown) => void;
}

/** The sources in use, one per view, dropped with their last user. */
export class ViewSources {
  readonly #options: ViewSourcesOptions;
  readonly #used = new Map<string, { readonly source: ViewSource; users: number }>();
  /** Of views that are the same object for all: pages that are asked for one after the other share them too. */
  readonly #members = new WeakMap<FeedView, MeasuredMembers>();

  constructor(options: ViewSourcesOptions) {
    this.#options = options;
  }

  /** Views that are in use. */
  get open(): number {
    return this.#used.size;
  }

  /** Pair each call with one {@link release}. */
  acquire(feed: string, view: FeedView): ViewSource {
    const key = `${feed} ${view.key}`;
    const entry = this.#used.get(key) ?? { source: this.#open(view), users: 0 };
    entry.users += 1;
    this.#used.set(key, entry);
    return entry.source;
  }

  release(feed: string, view: FeedView): void {
    const key = `${feed} ${view.key}`;
    const entry = this.#used.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    this.#used.delete(key);
    entry.source.rows?.[Symbol.dispose]();
  }

  #open(view: FeedView): ViewSource {
    const members = this.#membersOf(view);
    if (!('encode' in view)) return { kind: 'rows', members, rows: this.#rowSource(view.rows, 'changed') };
    const { log, skip } = this.#options;
    const rows = view.rows && this.#rowSource(view.rows, 'all');
    return { kind: 'events', members, events: new FeedSource(log, view, skip), rows };
  }

  #membersOf(view: FeedView): MeasuredMembers | undefined {
    if (!view.heartbeat) return undefined;
    const { clock, onHeartbeatFailed: onFailed } = this.#options;
    const members =
      this.#members.get(view) ?? new MeasuredMembers({ clock, measure: () => view.heartbeat?.() ?? {}, onFailed });
    this.#members.set(view, members);
    return members;
  }

  #rowSource(rows: RowSet, begin: 'changed' | 'all'): RowSource {
    const { log, snapshots, clock, wake } = this.#options;
    return new RowSource({ log, snapshots, clock, rows, begin, wake });
  }
}

/** The source that moves the cursor of a reader of the view. */
export function mainSource(source: ViewSource): Source {
  return source.kind === 'events' ? source.events : source.rows;
}
