import type { LogRecord } from './log/log.ts';
import type { Query, SnapshotReader } from './store/snapshot.ts';

/** A named stream served on one URL by all transports. */
export interface FeedDefinition {
  readonly name: string;
  /** The URL path, for example `/stream`. */
  readonly path: string;
  /**
   * Checks the query and opens the part of the feed it asks for; throws `invalid_request` for a bad one, `not_found` for
   * one that asks for what isn't there.
   */
  open(query: URLSearchParams, snapshots: SnapshotReader): FeedView | Promise<FeedView>;
}

/** What one reader of a feed sees. Views with the same `key` show the same bytes, so these are encoded once for all. */
export type FeedView = EventView | RowView;

/** Events of the log, in order; and beside them the few rows that belong to them, when it has `rows`. */
export interface EventView {
  readonly key: string;
  includes(record: LogRecord): boolean;
  /** The event's `type` member, which is also the SSE event name. */
  eventType(record: LogRecord): string;
  /** The whole message as JSON text; it must carry `type` and the given `cursor`. */
  encode(record: LogRecord, cursor: string): string;
  /** All of these are sent when a reader joins, so let them be few; then whatever of them changed. */
  readonly rows?: RowSet;
}

/** Rows only, any number of them: those that changed after the reader's cursor. */
export interface RowView {
  readonly key: string;
  readonly rows: RowSet;
}

/** Newest values by key, read from projections and sent as absolute values, at most 4 times a second (DESIGN §1). */
export interface RowSet {
  /**
   * Reads what changed after a position, deletions included, all of it in one snapshot; -1 reads everything. More than
   * `limit` rows are of no use: a reader that far behind is told to fetch its snapshot again.
   */
  queries(after: number, limit: number): readonly Query[];
  /** The rows of the queries' results, in the order of `queries`. */
  encode(results: readonly (readonly unknown[])[]): readonly Row[];
  /** Whether a record may have changed a row of the set; false spares a read. */
  changedBy(record: LogRecord): boolean;
}

export interface Row {
  /** The `type` member, which is also the SSE event name. */
  readonly type: string;
  /** The members as JSON text of one object, `type` included, without `cursor` and `as_of`, which the engine adds. */
  readonly text: string;
}
