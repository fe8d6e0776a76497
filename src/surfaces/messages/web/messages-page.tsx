import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { MessageDetail } from './message-detail.tsx';
import { MessageFirstSteps } from './message-first-steps.tsx';
import type { ListedMessage } from './message-listed.ts';
import { type MessagesAnswers, readMessages } from './messages-answers.ts';
import { createMessagesApi } from './messages-api.ts';
import { useMessagesFeed } from './messages-feed.ts';
import { isFiltered, type MessagesSearch, messagesSearchSchema, NO_FILTERS } from './messages-search.ts';
import { MessagesStatusBar } from './messages-status-bar.tsx';
import { MessagesTable } from './messages-table.tsx';
import { MessagesToolbar } from './messages-toolbar.tsx';
import { UnavailableNotice } from './messages-unavailable.tsx';

/** The page `/messages`: everything said, appended as it is said (specs/003 US-2). */
export function Page() {
  const { search, changeSearch } = useUrl();
  const { model, connection } = useMessagesFeed(search, useRendered<MessagesAnswers>());
  useFeedConnection(connection);
  useEffect(() => model.stop, [model]);
  useEffect(() => model.setSearch(search), [model, search]);
  const view = useSyncExternalStore(model.subscribe, model.view, model.view);
  const [open, setOpen] = useState<ListedMessage>();
  const close = useCallback(() => setOpen(undefined), []);
  const clear = useCallback(() => changeSearch({ ...NO_FILTERS, around: undefined }), [changeSearch]);
  const toNewest = useCallback(() => {
    changeSearch({ around: undefined });
    void model.toNewest();
  }, [changeSearch, model]);
  const refresh = useCallback(() => {
    connection.reconnect();
    void model.refresh();
  }, [connection, model]);

  const isEmpty = view.rows.length === 0;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <MessagesToolbar
          search={search}
          isPaused={view.isPaused}
          held={view.isPaused ? view.unseen : 0}
          matching={isFiltered(search) && view.loading !== 'list' ? view.matching : undefined}
          onSearch={changeSearch}
          onPause={model.pause}
          onResume={toNewest}
          onClear={clear}
        />
        {view.unavailable && <UnavailableNotice {...view.unavailable} />}
        {view.isLinkLost && (
          <p role="alert" className="border-b border-line bg-warn-ground px-4 py-1.5 text-text">
            The linked message is not stored any more.
          </p>
        )}
        {view.failure !== undefined && view.phase === 'ready' && (
          <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
            {view.failure}
          </p>
        )}
        {view.phase === 'failed' ? (
          <ErrorState
            title="Messages cannot be loaded"
            message={view.failure ?? 'The server did not answer.'}
            onRetry={connection.reconnect}
          />
        ) : isEmpty && (view.phase === 'loading' || view.loading === 'list') ? (
          <div className="min-h-0 flex-1 overflow-hidden bg-surface">
            <SkeletonRows label="Loading messages…" count={24} />
          </div>
        ) : isEmpty && !isFiltered(search) ? (
          <MessageFirstSteps />
        ) : isEmpty ? (
          <EmptyState title="No messages match">
            <p className="text-muted">A message that matches appears here the moment it is stored.</p>
            <Button className="self-start" onClick={clear}>
              Clear filters
            </Button>
          </EmptyState>
        ) : (
          <MessagesTable
            view={view}
            openSeq={open?.seq}
            onOpen={setOpen}
            onFollow={model.follow}
            onOlder={model.loadOlder}
            onNewest={toNewest}
          />
        )}
        {view.phase === 'ready' && <MessagesStatusBar read={model.view} onRefresh={refresh} />}
      </div>
      {open && <MessageDetail message={open} isFiltered={isFiltered(search)} onClose={close} onSearch={changeSearch} />}
    </div>
  );
}

/** Messages of the first paint; the others are loaded when somebody scrolls to them. */
const RENDERED = 60;

export function preload({ search, fetch, signal }: PreloadRequest): Promise<MessagesAnswers> {
  return readMessages(createMessagesApi(fetch), messagesSearchSchema.parse(search), { signal, limit: RENDERED });
}

/** Filters and the linked message live in the URL, so that a view can be sent to somebody and the back button works. */
function useUrl() {
  const given: unknown = useSearch({ strict: false });
  const query = JSON.stringify(messagesSearchSchema.parse(given));
  const [search, setSearch] = useState<MessagesSearch>(() => JSON.parse(query));
  if (JSON.stringify(search) !== query) setSearch(JSON.parse(query));
  const navigate = useNavigate();
  const changeSearch = useCallback(
    (change: Partial<MessagesSearch>) => {
      void navigate({ to: '.', search: (before: MessagesSearch) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  return { search, changeSearch };
}
