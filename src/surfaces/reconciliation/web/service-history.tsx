import { useReliableQuery } from '../../../react/use-reliable-query.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { clockTime } from '../../../ui/time-format.ts';
import type { ReconciliationEvent } from '../events.ts';
import { readAudit } from './audit-api.ts';
import { historyRuns } from './history-runs.ts';
import { pageFeed } from './page-feed.ts';
import { pageSearchSchema } from './page-search.ts';
import { StatusPill } from './status-pill.tsx';

const MOST_UPDATES = 100;

/** What happened to a service, newest first; the stream goes on where the stored updates end. */
export function ServiceHistory({ service }: { readonly service: string }) {
  const { data, error, errorUpdatedAt, isFetching, refetch } = useReliableQuery({
    feed: pageFeed,
    queryKey: ['reconciliation', 'history', service],
    queryFn: async ({ signal }) => {
      const page = await readAudit(pageSearchSchema.parse({ service }), { signal, limit: MOST_UPDATES });
      return { cursor: page.cursor, updates: page.data.filter((entry) => entry.type === 'reconciliation.update') };
    },
    update: (history, events) => ({
      ...history,
      updates: [...newestOf(service, events), ...history.updates].slice(0, MOST_UPDATES),
    }),
  });
  const now = Date.now();
  return (
    <section aria-label="History">
      <h3 className="mb-1.5 font-semibold">History</h3>
      {error && (
        <RequestFailed error={error} failedAt={errorUpdatedAt} isRetrying={isFetching} onRetry={() => void refetch()} />
      )}
      {!data && !error && <SkeletonRows label="Loading the history…" count={3} />}
      {data?.updates.length === 0 && <p className="text-muted">Nothing is recorded.</p>}
      <ol className="flex flex-col">
        {historyRuns(data?.updates ?? []).map(({ newest, since, count }) => (
          <li key={since} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5">
            <StatusPill status={newest.status} />
            <span className="text-muted">
              {count === 1
                ? clockTime(Date.parse(newest.at), now)
                : `${clockTime(Date.parse(since), now)} to ${clockTime(Date.parse(newest.at), now)}`}
            </span>
            {count > 1 && <span className="ml-auto text-muted">{count} updates</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function newestOf(service: string, events: readonly ReconciliationEvent[]): readonly ReconciliationEvent[] {
  return events.filter((event) => event.service === service).reverse();
}
