/**
 * The Millrace client: live feeds for browsers, Bun and Node 20 or newer.
 *
 * ```ts
 * import { createFeed } from 'millrace';
 *
 * const feed = createFeed({ url: 'http://127.0.0.1:4000/stream' });
 * for await (const batch of feed) for (const event of batch) console.log(event);
 * ```
 */

export type { EventMessage } from '../protocol/frames.ts';
export {
  DEFAULT_RECONNECT_POLICY,
  type ReconnectPolicy,
  STEADY_RECONNECT_POLICY,
} from '../protocol/reconnect-policy.ts';
export {
  type ConnectionSettings,
  type ConnectionStateName,
  type ConnectionStatus,
  DEFAULT_POLL_SETTINGS,
  type PollSettings,
} from './connection-state.ts';
export { createFeed, type Feed, type FeedOptions } from './create-feed.ts';
export type {
  ClientEnvironment,
  EventStreamHandlers,
  EventStreamOptions,
  PageChange,
  Socket,
  SocketHandlers,
  StreamEvent,
  TabChannel,
  Tabs,
} from './environment.ts';
export { createFeedConnection, type FeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
export type { FeedHandlers } from './feed-delivery.ts';
export { type FeedProblem, RefusedError } from './feed-problem.ts';
export type { StreamTransport } from './open-stream.ts';
export { runtimeEnvironment } from './runtime-environment.ts';
export { createSession, type Session, type SessionOptions } from './session.ts';
