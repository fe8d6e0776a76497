import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { clockTime } from '../../../ui/time-format.ts';
import { type VirtualColumn, VirtualTable } from '../../../ui/virtual-table.tsx';
import { type AuditLine, type AuditPage, auditEventSchema } from '../events.ts';
import { explain } from './api-error.ts';
import { readAudit } from './audit-api.ts';
import { AuditDrawer } from './audit-drawer.tsx';
import { OutcomePill } from './audit-outcome.tsx';
import { type AuditSearch, auditSearchSchema, feedQuery, isFiltered, isWithin, NO_FILTERS } from './audit-search.ts';
import { addEntry, addOlder, heldBack } from './audit-state.ts';
import { AuditToolbar } from './audit-toolbar.tsx';
import { createLiveState } from './live-connection.ts';
import { LoadFailed } from './load-failed.tsx';
import { preloadState, useRenderedState } from './rendered-state.ts';
import { useLiveState } from './use-live-state.ts';

const READ_LIMIT_MS = 10_000;

/** The page `/audit`: who did what, as it happens, for admins (specs/002 "Audit Trail"). */
export function Page() {
  const search: AuditSearch = auditSearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const changeSearch = useCallback(
    (change: Partial<AuditSearch>) => {
      void navigate({ to: '.', search: (before: AuditSearch) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  // Other filters are another feed.
  return <Trail key={JSON.stringify(search)} search={search} onSearch={changeSearch} />;
}

interface TrailProps {
  readonly search: AuditSearch;
  readonly onSearch: (change: Partial<AuditSearch>) => void;
}

export const preload = (request: PreloadRequest) =>
  preloadState(request, (read) => readAudit(auditSearchSchema.parse(request.search), read));

function Trail({ search, onSearch }: TrailProps) {
  const rendered = useRenderedState<AuditPage>();
  const { state, failure, isLoading, reconnect, refresh, amend } = useLiveState(() =>
    createLiveState({
      feed: feedPath(search),
      read: (signal) => readAudit(search, { signal }),
      rendered,
      parse: (message) => auditEventSchema.parse(message),
      update: (page, entry) => (isWithin(search, entry.at) ? addEntry(page, entry) : page),
      isIncomplete: () => false,
    }),
  );
  const [pausedAt, setPausedAt] = useState<number>();
  const [openId, setOpenId] = useState<number>();
  const { loadOlder, problem } = useOlder(search, state?.before ?? null, amend);
  const now = useNow(60_000);
  const columns = useMemo(() => columnsOf(now, setOpenId), [now]);
  const { shown, held } = heldBack(state?.entries ?? [], pausedAt);
  const open = shown.find(({ id }) => id === openId);

  if (!state && failure) {
    return (
      <LoadFailed
        what="The audit trail"
        error={failure.error}
        needs="Only admins may read who did what. Your projects and proposals are open to you as before."
        onRetry={reconnect}
      />
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <AuditToolbar
        search={search}
        entries={state?.entries ?? []}
        total={state?.total}
        isPaused={pausedAt !== undefined}
        held={held}
        onSearch={onSearch}
        onPause={() => setPausedAt(state?.entries[0]?.id ?? 0)}
        onResume={() => setPausedAt(undefined)}
      />
      {failure && (
        <RequestFailed error={failure.error} failedAt={failure.at} isRetrying={isLoading} onRetry={refresh} />
      )}
      {problem !== undefined && (
        <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
          Older entries cannot be read: {problem}
        </p>
      )}
      {!state && <SkeletonRows label="Loading the audit trail…" count={12} />}
      {state && shown.length === 0 && <Nothing search={search} onSearch={onSearch} />}
      {shown.length > 0 && (
        <VirtualTable
          label="Audit, newest first"
          columns={columns}
          rows={shown}
          keyOf={keyOf}
          sort="newest"
          order="desc"
          onSort={doNothing}
          onEnd={loadOlder}
        />
      )}
      {open && <AuditDrawer entry={open} onClose={() => setOpenId(undefined)} />}
    </div>
  );
}

function Nothing({ search, onSearch }: TrailProps) {
  if (!isFiltered(search)) {
    return (
      <EmptyState title="Nothing is recorded yet">
        <p className="text-muted">What people change appears here the moment it is done.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No entries match">
      <p className="text-muted">An entry that matches appears here the moment it is recorded.</p>
      <Button className="self-start" onClick={() => onSearch(NO_FILTERS)}>
        Clear filters
      </Button>
    </EmptyState>
  );
}

/** Reads the page below, one at a time, as long as there is one. */
function useOlder(
  search: AuditSearch,
  before: number | null,
  amend: (change: (known: AuditPage) => AuditPage) => void,
) {
  const reading = useRef(false);
  const [problem, setProblem] = useState<string>();
  const loadOlder = useCallback(() => {
    if (before === null || reading.current) return;
    reading.current = true;
    setProblem(undefined);
    readAudit(search, { signal: AbortSignal.timeout(READ_LIMIT_MS) }, before)
      .then((page) => amend((known) => addOlder(known, page)))
      .catch((error: unknown) => setProblem(explain(error)))
      .finally(() => {
        reading.current = false;
      });
  }, [search, before, amend]);
  return { loadOlder, problem };
}

function feedPath(search: AuditSearch): string {
  const query = feedQuery(search);
  return query === '' ? '/ws/audit' : `/ws/audit?${query}`;
}

const keyOf = ({ id }: AuditLine) => String(id);
const doNothing = () => {};

function columnsOf(now: number, onOpen: (id: number) => void): readonly VirtualColumn<AuditLine, 'newest'>[] {
  return [
    {
      title: 'Time',
      className: 'w-34 max-sm:w-29',
      render: ({ at }) => <span className="block truncate font-mono text-xs">{clockTime(Date.parse(at), now)}</span>,
    },
    {
      title: 'Who',
      className: 'w-36 max-sm:w-14',
      render: ({ actor }) => <span className="block truncate font-medium">{actor}</span>,
    },
    {
      title: 'Action',
      render: ({ id, actor, action }) => (
        <button
          type="button"
          aria-label={`${action} by ${actor}, details`}
          className="block max-w-full truncate text-accent underline decoration-line-strong underline-offset-2"
          onClick={() => onOpen(id)}
        >
          {action}
        </button>
      ),
    },
    {
      title: 'About',
      className: 'max-md:hidden',
      render: ({ resource_type, resource_id }) => (
        <span className="block truncate">
          <span className="text-muted">{resource_type}</span> <span className="font-mono text-xs">{resource_id}</span>
        </span>
      ),
    },
    {
      title: 'Outcome',
      className: 'w-28 max-sm:w-24',
      render: ({ outcome }) => <OutcomePill outcome={outcome} />,
    },
    {
      title: 'Address',
      className: 'w-36 max-lg:hidden',
      render: ({ ip }) => <span className="block truncate font-mono text-xs text-muted">{ip}</span>,
    },
  ];
}
