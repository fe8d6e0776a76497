import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { readJson } from '../../../react/read-json.ts';
import { useRendered } from '../../../react/rendered.tsx';
import { useReconciliationStream } from '../../../react/use-reconciliation-stream.ts';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { NextTry } from '../../../ui/next-try.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { usePageOrigin } from '../../../ui/page-origin.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import type { AuditPage } from '../events.ts';
import { auditKey, readAudit } from './audit-api.ts';
import { AuditSection } from './audit-section.tsx';
import { pageFeed } from './page-feed.ts';
import { type PageSearch, pageSearchSchema } from './page-search.ts';
import { ReconciliationStats } from './reconciliation-stats.tsx';
import { ServiceDrawer } from './service-drawer.tsx';
import { ServicesTable } from './services-table.tsx';

interface RenderedReconciliation {
  readonly latest: unknown;
  readonly audit: AuditPage;
}

export async function preload({ search, fetch, signal }: PreloadRequest): Promise<RenderedReconciliation> {
  const readLatest = (path: string) => readJson({ fetch }, { url: path, path, signal });
  const [latest, audit] = await Promise.all([
    pageFeed.state?.load({ signal, readJson: readLatest }),
    readAudit(pageSearchSchema.parse(search), { signal, fetch }),
  ]);
  return { latest, audit };
}

/** Puts what the server has rendered where the page's queries find it. */
function useRenderedQueries(): void {
  const rendered = useRendered<RenderedReconciliation>();
  const search = pageSearchSchema.parse(useSearch({ strict: false }));
  const queryClient = useQueryClient();
  useState(() => {
    if (!rendered) return;
    if (pageFeed.state) queryClient.setQueryData(pageFeed.state.queryKey, rendered.latest);
    queryClient.setQueryData(auditKey(search), rendered.audit);
  });
}

/** The page `/reconciliation`: which services' numbers agree, which don't, which went stale (specs/001). */
export function Page() {
  useRenderedQueries();
  const { data, services, isStale, lastUpdatedAt, error, errorUpdateCount, reconnect } =
    useReconciliationStream(pageFeed);
  const silentSince = isStale ? lastUpdatedAt : undefined;
  const origin = usePageOrigin();
  const { search, changeSearch } = useUrl();
  const open = services.find(({ service }) => service === search.open);
  const openService = useCallback((service: string) => changeSearch({ open: service }), [changeSearch]);
  const close = useCallback(() => changeSearch({ open: undefined }), [changeSearch]);

  if (!data && errorUpdateCount > 0) {
    return (
      <>
        <ErrorState
          title="Reconciliation cannot be loaded"
          message={error?.message ?? 'The server did not answer.'}
          onRetry={reconnect}
        />
        <NextTry />
      </>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <ReconciliationStats services={services} silentSince={silentSince} isLoaded={data !== undefined} />
      {!data && <SkeletonRows label="Loading services…" />}
      {data && services.length === 0 && (
        <EmptyState title="No service has reported yet">
          <p className="max-w-prose text-muted">
            A service reports what it expected and what it found; Millrace compares the two. Send both sides from a
            shell.
          </p>
          <CodeBlock title="Report one service" isWrapped text={reportSnippet(origin)} />
        </EmptyState>
      )}
      {services.length > 0 && (
        <ServicesTable services={services} silentSince={silentSince} openService={open?.service} onOpen={openService} />
      )}
      <AuditSection search={search} services={services.map(({ service }) => service)} onSearch={changeSearch} />
      {open && <ServiceDrawer event={open} silentSince={silentSince} onClose={close} />}
    </div>
  );
}

function reportSnippet(origin: string): string {
  return ['expected', 'actual']
    .map(
      (side) =>
        `curl -s ${origin}/reconciliation/reports -H 'Content-Type: application/json' -d '${JSON.stringify({ service: 'billing', side, counts: { invoices: 12 } })}'`,
    )
    .join('\n');
}

/** Filters, page and drawer live in the URL, so that a view can be sent to somebody and the back button works. */
function useUrl() {
  const search: PageSearch = pageSearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const changeSearch = useCallback(
    (change: Partial<PageSearch>) => {
      void navigate({ to: '.', search: (before: PageSearch) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  return { search, changeSearch };
}
