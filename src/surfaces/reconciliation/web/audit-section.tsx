import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { type DataColumn, DataTable } from '../../../ui/data-table.tsx';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { clockTime } from '../../../ui/time-format.ts';
import type { AuditEntry } from '../events.ts';
import { auditKey, readAudit } from './audit-api.ts';
import { AuditFilters } from './audit-filters.tsx';
import { countRows } from './count-rows.ts';
import { isFiltered, NO_FILTERS, type PageSearch } from './page-search.ts';
import { StatusPill } from './status-pill.tsx';
import { useNewEntries } from './use-new-entries.ts';

/** What the server has just rendered is not read again at once; what follows it is counted. */
const FRESH_MS = 5_000;

export interface AuditSectionProps {
  readonly search: PageSearch;
  readonly services: readonly string[];
  readonly onSearch: (change: Partial<PageSearch>) => void;
}

/** Everything that was ever said about the services, page by page; it stands still until asked for what is new. */
export function AuditSection({ search, services, onSearch }: AuditSectionProps) {
  const { page } = search;
  const { data, error, errorUpdatedAt, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: auditKey(search),
    queryFn: ({ signal }) => readAudit(search, { signal }),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    networkMode: 'always',
  });
  const now = useNow(60_000);
  const retry = useCallback(() => void refetch(), [refetch]);
  const fresh = useNewEntries(isPlaceholderData ? undefined : data?.cursor, search);
  const showNewest = () => {
    if (page === undefined) void refetch();
    else onSearch({ page: undefined });
  };
  return (
    <section aria-labelledby="audit-title" className="flex flex-col">
      <header className="flex flex-wrap items-center gap-2 border-y border-line bg-surface px-4 py-2">
        <h2 id="audit-title" className="mr-2 text-sm font-semibold">
          Audit
        </h2>
        <AuditFilters search={search} services={services} onSearch={onSearch} />
        {isFiltered(search) && (
          <Button look="ghost" onClick={() => onSearch(NO_FILTERS)}>
            Clear
          </Button>
        )}
        <span className="flex flex-1 items-center gap-2">
          {fresh > 0 && (
            <Button look="primary" className="rounded-full px-3" onClick={showNewest}>
              {fresh.toLocaleString('en')} new {fresh === 1 ? 'entry' : 'entries'}
            </Button>
          )}
          {data && data.data.length > 0 && (
            <span className="ml-auto">
              <CopyButton text={JSON.stringify(data.data, undefined, 2)} label="these entries as JSON" />
            </span>
          )}
        </span>
      </header>
      {error && <RequestFailed error={error} failedAt={errorUpdatedAt} isRetrying={isFetching} onRetry={retry} />}
      {!data && !error && <SkeletonRows label="Loading the audit…" />}
      {data && data.data.length === 0 && (
        <p className="px-4 py-8 text-muted">
          {isFiltered(search) ? 'No entries match these filters.' : 'Nothing is recorded yet.'}
        </p>
      )}
      {data && data.data.length > 0 && (
        <DataTable
          label="Audit, newest first"
          columns={columns(now)}
          rows={data.data}
          keyOf={({ eventId }) => eventId}
          isBusy={isPlaceholderData}
        />
      )}
      {data && <Paging meta={data.meta} onPage={(next) => onSearch({ page: next === 1 ? undefined : String(next) })} />}
    </section>
  );
}

function columns(now: number): readonly DataColumn<AuditEntry>[] {
  return [
    {
      title: 'Time',
      className: 'w-px whitespace-nowrap max-sm:hidden',
      render: ({ at }) => <span className="font-mono text-xs">{clockTime(Date.parse(at), now)}</span>,
    },
    {
      title: 'Status',
      className: 'w-px max-sm:pl-4',
      render: (entry) =>
        entry.type === 'client.error' ? (
          <span className="text-muted">Page error</span>
        ) : (
          <StatusPill status={entry.status} />
        ),
    },
    {
      title: 'What',
      render: (entry) => (
        <span className="[overflow-wrap:anywhere]">
          <span className="block font-mono text-2xs text-muted sm:hidden">{clockTime(Date.parse(entry.at), now)}</span>
          {entry.type === 'client.error' ? entry.message : entry.service}
          {entry.type === 'reconciliation.update' && (
            <span className="ml-2 text-2xs text-muted max-sm:hidden">{differingKeys(entry)}</span>
          )}
        </span>
      ),
    },
    {
      title: 'Latency',
      isNumeric: true,
      className: 'w-px whitespace-nowrap max-md:hidden',
      render: (entry) =>
        entry.type === 'client.error' ? '–' : `${(Math.round(entry.latencyMs * 10) / 10).toLocaleString('en')} ms`,
    },
    {
      title: 'JSON',
      isNumeric: true,
      className: 'w-px whitespace-nowrap',
      render: (entry) => (
        <CopyButton text={JSON.stringify(entry, undefined, 2)} label={`entry ${entry.eventId} as JSON`} />
      ),
    },
  ];
}

function differingKeys(entry: Extract<AuditEntry, { type: 'reconciliation.update' }>): string {
  if (entry.status !== 'discrepancy') return '';
  const keys = countRows(entry)
    .filter(({ differs }) => differs)
    .map(({ key }) => key);
  const ids = entry.discrepancyDetails?.missingJobIds.length ?? 0;
  return [...keys.slice(0, 3), ...(ids > 0 ? [`${ids} missing ${ids === 1 ? 'id' : 'ids'}`] : [])].join(', ');
}

function Paging({
  meta,
  onPage,
}: {
  readonly meta: { readonly page: number; readonly total: number; readonly totalPages: number };
  readonly onPage: (page: number) => void;
}) {
  const { page, total, totalPages } = meta;
  return (
    <nav aria-label="Pages of the audit" className="flex items-center gap-2 px-4 py-3">
      <Button disabled={page <= 1} onClick={() => onPage(Math.min(page - 1, Math.max(1, totalPages)))}>
        Newer
      </Button>
      <Button disabled={page >= totalPages} onClick={() => onPage(page + 1)}>
        Older
      </Button>
      <span className="text-muted" role="status">
        {totalPages === 0 ? 'No entries' : `Page ${page} of ${totalPages.toLocaleString('en')}`}
        {totalPages > 0 && <span className="max-sm:hidden">, {total.toLocaleString('en')} entries</span>}
      </span>
    </nav>
  );
}
