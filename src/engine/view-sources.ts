import type { SkipRecord } from './batch.ts';
import type { Clock } from './clock.ts';
import type { FeedView, RowSet } from './feed.ts';
import { FeedSource, type Source } from './feed-source.ts';
import type { Log } from './log/log.ts';
import { RowSource } from './row-source.ts';
import type { SnapshotReader } from './store/snapshot.ts';

/** Where the readers of one view read. */
export type ViewSource =
  | { readonly kind: 'events'; readonly events: FeedSource; readonly rows: RowSource | undefined }
  | { readonly kind: 'rows'; readonly rows: RowSource };

export interface ViewSourcesOptions {
  readonly log: Log;
  readonly snapshots: SnapshotReader;
  readonly clock: Clock;
  readonly skip: SkipRecord;
  /** Wakes the readers when rows that were held back are due. */
  readonly wake: () => void;
}

/** The sources in use, one per view, dropped with their last user. */
export class ViewSources {
  readonly #options: ViewSourcesOptions;
  readonly #used = new Map<string, { readonly source: ViewSource; users: number }>();

  constructor(options: ViewSourcesOptions) {
    this.#options = options;
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
    if (!('encode' in view)) return { kind: 'rows', rows: this.#rowSource(view.rows, 'changed') };
    const { log, skip } = this.#options;
    const rows = view.rows && this.#rowSource(view.rows, 'all');
    return { kind: 'events', events: new FeedSource(log, view, skip), rows };
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
