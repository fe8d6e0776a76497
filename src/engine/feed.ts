import type { Principal } from './auth/principal.ts';
import type { LogRecord } from './log/log.ts';
import type { Query, SnapshotReader } from './store/snapshot.ts';

/** A named stream served on one URL by all transports. */
export interface FeedDefinition {
  readonly name: string;
  /** The URL path, for example `/stream`; a segment such as `:project_id` stands for any. */
  readonly path: string;
  /** Whether a reader must say who it is. Its connections are then counted by user and by project. Default false. */
  readonly isPrivate?: boolean;
  /**
   * Checks the query and opens the part of the feed it asks for; throws `invalid_request` for a bad one, `not_found` for
   * one that asks for what isn't there, `forbidden` for what the reader may not see.
   */
  open(query: URLSearchParams, snapshots: SnapshotReader, access: FeedAccess): FeedView | Promise<FeedView>;
  /** Takes a client's own frame, other than `ping` and `auth`; returns false for one it doesn't know. */
  receive?(frame: ClientFrame, sender: FrameSender): boolean;
}

/** Who reads, and what the path says. */
export interface FeedAccess {
  /** The segments of the path by their names. */
  readonly params: Readonly<Record<string, string>>;
  /** Known for every private feed. */
  readonly principal: Principal | undefined;
}

/** Who sent a frame. */
export interface FrameSender extends FeedAccess {
  /** The address that the connection comes from. */
  readonly address: string;
}

/** A JSON object that a client sent on a WebSocket. */
export interface ClientFrame {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** What one reader of a feed sees. Views with the same `key` show the same bytes, so these are encoded once for all. */
export type FeedView = EventView | RowView;

/** Events of the log, in order; and beside them the few rows that belong to them, when it has `rows`. */
export interface EventView {
  readonly key: string;
  /** The project whose connections a reader of this view is counted among. */
  readonly project?: string;
  includes(record: LogRecord): boolean;
  /** The event's `type` member, which is also the SSE event name. */
  eventType(record: LogRecord): string;
  /** The whole message as JSON text; it must carry `type` and the given `cursor`. */
  encode(record: LogRecord, cursor: string): string;
  /** All of these are sent when a reader joins, so let them be few; then whatever of them changed. */
  readonly rows?: RowSet;
  /**
   * Measures what the heartbeats of this view carry beside `type`, `cursor` and `at`, at most once a second for all who
   * read it. Readers are then given one at the start, and on every transport.
   */
  heartbeat?(): HeartbeatMembers;
}

/** Rows only, any number of them: those that changed after the reader's cursor. */
export interface RowView {
  readonly key: string;
  /** As in {@link EventView}. */
  readonly project?: string;
  readonly rows: RowSet;
  /** As in {@link EventView}. */
  heartbeat?(): HeartbeatMembers;
}

/** Members of a JSON object. */
export type HeartbeatMembers = Readonly<Record<string, unknown>>;

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
