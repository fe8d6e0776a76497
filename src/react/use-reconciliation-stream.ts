import { type ReconciliationFeed, type ReconciliationUpdate, reconciliationFeed } from './reconciliation-feed.ts';
import { type ReliableQueryResult, useReliableQuery } from './use-reliable-query.ts';

/** The result of the query under `RECONCILIATION_KEY`, and its services. */
export type ReconciliationStream<Update> = ReliableQueryResult<{
  readonly services: readonly Update[];
  readonly cursor: string;
}> & {
  /** The latest update of every service, by name; empty until loaded. */
  readonly services: readonly Update[];
};

/**
 * Every service's latest reconciliation, live (specs/001, task 2). The snapshot and the updates stand in TanStack Query's
 * cache, the connection's status under `connectionStatusKey('/reconciliation/stream')`.
 */
export function useReconciliationStream(): ReconciliationStream<ReconciliationUpdate>;
export function useReconciliationStream<Update>(feed: ReconciliationFeed<Update>): ReconciliationStream<Update>;
export function useReconciliationStream(
  feed: ReconciliationFeed<ReconciliationUpdate> = reconciliationFeed,
): ReconciliationStream<ReconciliationUpdate> {
  const { state } = feed;
  if (!state) throw new Error('a reconciliation feed has a state');
  const result = useReliableQuery({ feed, queryKey: state.queryKey, queryFn: state.load, update: state.update });
  return { ...result, services: result.data?.services ?? [] };
}
