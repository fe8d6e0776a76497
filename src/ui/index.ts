/**
 * Millrace for React: live data over TanStack Query, and what shows how live it is.
 *
 * The components carry Tailwind's class names; without Tailwind they are plain text and buttons. The badge also carries
 * `status-` and the connection's state, such as `status-connected`, for styles of your own.
 */

export { connectionStatusKey } from '../react/connection-status-key.ts';
export type { FeedRequest, FeedState, LiveFeed } from '../react/live-feed.ts';
export { MillraceProvider, type MillraceProviderProps } from '../react/millrace-provider.tsx';
export {
  createReconciliationFeed,
  RECONCILIATION_KEY,
  type ReconciliationFeed,
  type ReconciliationState,
  type ReconciliationUpdate,
  reconciliationFeed,
  reconciliationUpdateSchema,
} from '../react/reconciliation-feed.ts';
export type { ReliableStatus } from '../react/reliable-status.ts';
export { RequestError } from '../react/request-error.ts';
export { type Connection, useConnection } from '../react/use-connection.ts';
export { type LiveFeedView, useLiveFeed } from '../react/use-live-feed.ts';
export { type ReconciliationStream, useReconciliationStream } from '../react/use-reconciliation-stream.ts';
export { type ReliableQueryOptions, type ReliableQueryResult, useReliableQuery } from '../react/use-reliable-query.ts';
export { ConnectionStatusBadge } from './connection-status-badge.tsx';
export { FEATURE_FLAGS, type FeatureFlag, isFeatureEnabled } from './feature-flags.ts';
export { LivePausedBanner } from './live-paused-banner.tsx';
export { RootErrorBoundary, type RootErrorBoundaryProps } from './root-error-boundary.tsx';
