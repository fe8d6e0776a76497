import type { LogRecord } from './log/log.ts';

/** A named stream served on one URL by all transports. */
export interface FeedDefinition {
  readonly name: string;
  /** The URL path, for example `/stream`. */
  readonly path: string;
  /** Checks the query and opens the part of the feed it asks for; throws `invalid_request` for a bad one. */
  open(query: URLSearchParams): FeedView;
}

/** What one reader of a feed sees. Views with the same `key` show the same bytes, so these are encoded once for all. */
export interface FeedView {
  readonly key: string;
  includes(record: LogRecord): boolean;
  /** The event's `type` member, which is also the SSE event name. */
  eventType(record: LogRecord): string;
  /** The whole message as JSON text; it must carry `type` and the given `cursor`. */
  encode(record: LogRecord, cursor: string): string;
}
