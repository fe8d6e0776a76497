import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { NextTry } from '../../../ui/next-try.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { summaryApi } from './summary-api.ts';
import { SummaryDelete } from './summary-delete.tsx';
import { SummaryEmpty } from './summary-empty.tsx';
import { createSummaryFeed } from './summary-feed.ts';
import type { SummaryKind } from './summary-kind.ts';
import { readSummaries, type SummaryAnswers } from './summary-model.ts';
import {
  type SummarySearch,
  type SummarySort,
  searchAfterSort,
  summaryQuery,
  summarySearchSchema,
} from './summary-search.ts';
import { SummaryStats } from './summary-stats.tsx';
import { SummaryTable } from './summary-table.tsx';
import { SummaryToolbar } from './summary-toolbar.tsx';

/** The pages `/channels` and `/users`: every one with its messages, counted as they come in (specs/003). */
export function SummaryPage({ kind }: { readonly kind: SummaryKind }) {
  const { search, changeSearch } = useUrl();
  const query = summaryQuery(search);
  const rendered = useRendered<SummaryAnswers>();
  const [{ model, connection }] = useState(() => createSummaryFeed(kind, query, rendered));
  const status = useFeedConnection(connection);
  useEffect(() => model.stop, [model]);
  const view = useSyncExternalStore(model.subscribe, model.view, model.view);
  const { sort, order, q } = query;
  useEffect(() => model.setQuery({ sort, order, q }), [model, sort, order, q]);
  const [deleting, setDeleting] = useState<string>();
  const close = useCallback(() => setDeleting(undefined), []);
  const chooseSort = useCallback(
    (chosen: SummarySort) => changeSearch((before) => searchAfterSort(before, chosen)),
    [changeSearch],
  );
  const find = useCallback(
    (text: string) => changeSearch((before) => ({ ...before, q: text === '' ? undefined : text })),
    [changeSearch],
  );
  const isLive = status.name === 'live';

  if (view.phase === 'failed') {
    const message = view.failure?.error.message ?? 'The server did not answer.';
    return (
      <>
        <ErrorState title={`${kind.title} cannot be loaded`} message={message} onRetry={connection.reconnect} />
        <NextTry />
      </>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <SummaryStats kind={kind} metrics={view.metrics} />
      <SummaryToolbar kind={kind} view={view} q={q} onFind={find} onRefresh={model.refresh} />
      {view.failure && (
        <RequestFailed
          error={view.failure.error}
          failedAt={view.failure.at}
          isRetrying={view.isLoading}
          onRetry={model.refresh}
        />
      )}
      {view.phase === 'loading' && <SkeletonRows label={`Loading ${kind.many}…`} count={12} />}
      {view.phase === 'ready' && view.rows.length === 0 && <SummaryEmpty kind={kind} q={view.query.q} />}
      {view.rows.length > 0 && (
        <SummaryTable kind={kind} view={view} onSort={chooseSort} onHold={model.hold} onDelete={setDeleting} />
      )}
      <SummaryDelete
        kind={kind}
        name={deleting}
        onClose={close}
        // While live, the feed says so to every open page.
        onDeleted={isLive ? undefined : model.refresh}
      />
    </div>
  );
}

/** What the page of a kind shows first. */
export function preloadSummary(kind: SummaryKind, { search, fetch, signal }: PreloadRequest): Promise<SummaryAnswers> {
  return readSummaries(summaryApi(kind, fetch), summaryQuery(summarySearchSchema.parse(search)), signal);
}

/** Order and search live in the URL, so that a view can be sent to somebody and the back button works. */
function useUrl() {
  const search: SummarySearch = summarySearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const changeSearch = useCallback(
    (change: (before: SummarySearch) => SummarySearch) => {
      void navigate({ to: '.', search: (before: SummarySearch) => change(before), replace: true });
    },
    [navigate],
  );
  return { search, changeSearch };
}
