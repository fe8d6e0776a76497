import type { QueryKey } from '@tanstack/react-query';
import type { FeedConnectionOptions } from '../client/feed-connection.ts';
import type { EventMessage } from '../protocol/frames.ts';

/**
 * A feed as components share it. Make it once, outside components: all that use the same object share one connection.
 */
export interface LiveFeed<Event = EventMessage, State = unknown>
  extends Pick<
    FeedConnectionOptions<Event>,
    'url' | 'transport' | 'eventTypes' | 'parse' | 'onInvalid' | 'onProblem' | 'settings' | 'shareTabs'
  > {
  /**
   * The query whose data the stream continues: data that the query cache has already when the feed is first used, else what
   * `load` gives. Without it the stream is joined at its head.
   */
  readonly state?: FeedState<Event, State>;
}

/** A query that is loaded before the stream is joined and after a gap, polled in the fallback, and updated by events. */
export interface FeedState<Event, State> {
  readonly queryKey: QueryKey;
  /** What it resolves with has to say in `cursor` which position it is as of. */
  load(request: FeedRequest): Promise<State & { readonly cursor: string }>;
  /** The state after some events; `cursor` is moved on by the caller. */
  update(state: State, events: readonly Event[]): State;
}

/** What a loader reads the server with. */
export interface FeedRequest {
  readonly signal: AbortSignal;
  /** GETs JSON from a path of the server; rejects with a `RequestError` for any answer but 2xx. */
  readJson(path: string): Promise<unknown>;
}
