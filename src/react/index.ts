export { connectionStatusKey } from './connection-status-key.ts';
export type { FeedRequest, FeedState, LiveFeed } from './live-feed.ts';
export { MillraceProvider, type MillraceProviderProps } from './millrace-provider.tsx';
export {
  createReconciliationFeed,
  RECONCILIATION_KEY,
  type ReconciliationFeed,
  type ReconciliationState,
  type ReconciliationUpdate,
  reconciliationFeed,
  reconciliationUpdateSchema,
} from './reconciliation-feed.ts';
export type { ReliableStatus } from './reliable-status.ts';
export { RequestError } from './request-error.ts';
export { type Connection, useConnection } from './use-connection.ts';
export { type LiveFeedView, useLiveFeed } from './use-live-feed.ts';
export { type ReconciliationStream, useReconciliationStream } from './use-reconciliation-stream.ts';
export { type ReliableQueryOptions, type ReliableQueryResult, useReliableQuery } from './use-reliable-query.ts';
