import { DEFAULT_POLL_SETTINGS } from '../../../client/connection-state.ts';
import { createFeedConnection, type FeedConnection } from '../../../client/feed-connection.ts';
import { STEADY_RECONNECT_POLICY } from '../../../protocol/reconnect-policy.ts';
import type { LiveMessage } from '../events.ts';
import { toQuery } from './messages-search.ts';
import { readLiveMessage } from './read-live-message.ts';

export interface LiveOptions {
  readonly view: 'home' | 'messages' | 'channels' | 'users' | 'user';
  readonly channel?: string | undefined;
  readonly user?: string | undefined;
  /** The position of what is shown already; see `FeedConnectionOptions.cursor`. */
  readonly cursor?: string | undefined;
  /** Loads and shows what the stream continues from; resolves with its cursor. */
  readonly snapshot: (signal: AbortSignal) => Promise<string>;
  /** What is loaded every few seconds while the stream cannot be opened; without it, pages of the feed are. */
  readonly poll?: (signal: AbortSignal) => Promise<string>;
  readonly onMessages: (messages: readonly LiveMessage[]) => void;
  /** The snapshot could not be loaded; says why in words. */
  readonly onFailed?: (message: string) => void;
}

/** Beats every two seconds let a silent loss show within five (specs/003 SC-004). */
const HEARTBEAT_SECONDS = 2;

/** The feed `/live` by server-sent events (specs/003 FR-011); idle until it is started. */
export function createLiveConnection(options: LiveOptions): FeedConnection {
  const { view, channel, user, cursor, snapshot, poll, onMessages, onFailed } = options;
  return createFeedConnection<LiveMessage>({
    url: `/live?${toQuery({ view, channel, user, heartbeat: HEARTBEAT_SECONDS })}`,
    transport: 'sse',
    eventTypes: ['message', 'metrics', 'channel', 'user'],
    // A browser opens six HTTP/1.1 connections to a server: a stream per tab would use them up.
    shareTabs: true,
    settings: { policy: STEADY_RECONNECT_POLICY, poll: DEFAULT_POLL_SETTINGS },
    cursor,
    snapshot,
    ...(poll && { poll }),
    parse: readLiveMessage,
    onInvalid: (_message, cause) => console.error('millrace: a message of /live could not be read:', cause),
    onEvents: onMessages,
    onProblem(problem) {
      console.warn(`millrace: ${problem.kind}: ${problem.message}`);
      if (problem.kind === 'snapshot_failed') onFailed?.(problem.message);
    },
  });
}
