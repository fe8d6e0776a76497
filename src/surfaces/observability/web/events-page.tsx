import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { ActivityChart } from './activity-chart.tsx';
import { createEventsFeed } from './create-events-feed.ts';
import { EventDetail } from './event-detail.tsx';
import { type EventFilters, eventFiltersSchema, isFiltered } from './event-filters.ts';
import { EventStats } from './event-stats.tsx';
import { EventTable } from './event-table.tsx';
import { EventToolbar } from './event-toolbar.tsx';
import { type EventsAnswers, readEvents } from './events-answers.ts';
import { createEventsApi } from './events-api.ts';
import { FirstSteps } from './first-steps.tsx';
import type { ListedEvent } from './listed-event.ts';
import { RENDERED_SIZE } from './recent-page.ts';
import { SessionList } from './session-list.tsx';

export function preload({ search, fetch, signal }: PreloadRequest): Promise<EventsAnswers> {
  const filters = eventFiltersSchema.parse(search);
  return readEvents(createEventsApi(fetch), filters, { signal, limit: RENDERED_SIZE });
}

/** The page `/events`: what every agent does, live (specs/004). */
export function Page() {
  const { filters, changeFilters } = useUrlFilters();
  const rendered = useRendered<EventsAnswers>();
  const [{ model, connection }] = useState(() => createEventsFeed(filters, rendered));
  useFeedConnection(connection);
  useEffect(() => {
    model.complete();
    return model.stop;
  }, [model]);
  const view = useSyncExternalStore(model.subscribe, model.view, model.view);
  useEffect(() => model.setFilters(filters), [model, filters]);
  const [open, setOpen] = useState<ListedEvent>();
  const [hasSessionsOpen, setSessionsOpen] = useState(false);
  const close = useCallback(() => setOpen(undefined), []);
  const toggleSessions = useCallback(() => setSessionsOpen((isOpen) => !isOpen), []);
  const chooseType = useCallback((event_type: string | undefined) => changeFilters({ event_type }), [changeFilters]);
  const chooseSession = useCallback(
    (session_id: string | undefined) => {
      changeFilters({ session_id });
      setSessionsOpen(false);
    },
    [changeFilters],
  );

  if (view.phase === 'failed') {
    const message = view.failure ?? 'The server did not answer.';
    return <ErrorState title="Events cannot be loaded" message={message} onRetry={connection.reconnect} />;
  }
  if (view.phase === 'loading') {
    return (
      <p role="status" className="p-4 text-muted">
        Loading events…
      </p>
    );
  }
  if (view.total === 0 && !isFiltered(filters)) return <FirstSteps />;
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:grid lg:grid-cols-[17rem_minmax(0,1fr)] lg:grid-rows-[auto_minmax(0,1fr)]">
      <div className="border-b border-line bg-surface lg:border-r">
        <EventStats read={model.view} activity={model.activity} />
      </div>
      <div className="flex min-w-0 border-b border-line max-lg:max-h-36">
        <ActivityChart activity={model.activity} chosenType={filters.event_type} onChooseType={chooseType} />
      </div>
      <div
        className={
          hasSessionsOpen
            ? 'z-30 flex bg-surface max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:h-[60dvh] max-lg:rounded-t-xl max-lg:border-t max-lg:border-line max-lg:shadow-2xl lg:border-r lg:border-line'
            : 'hidden min-h-0 border-r border-line bg-surface lg:flex'
        }
      >
        <SessionList
          read={model.sessions}
          chosen={filters.session_id}
          onChoose={chooseSession}
          onClose={toggleSessions}
        />
      </div>
      <div className="flex min-h-0 min-w-0 max-lg:flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          <EventToolbar
            choices={view.choices}
            isPaused={view.isPaused}
            held={view.isPaused ? view.held : 0}
            matching={isFiltered(filters) ? view.matching : undefined}
            filters={filters}
            onFilter={changeFilters}
            onPause={model.pause}
            onResume={model.resume}
            hasSessionsOpen={hasSessionsOpen}
            onSessions={toggleSessions}
          />
          {view.failure !== undefined && (
            <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
              {view.failure}
            </p>
          )}
          {view.events.length === 0 ? (
            <EmptyState title={view.isSearching ? 'Searching…' : 'No events match'}>
              {!view.isSearching && view.hasOlder && (
                <Button className="self-start" onClick={model.loadOlder}>
                  Search older events
                </Button>
              )}
              {!view.isSearching && (
                <Button className="self-start" onClick={() => changeFilters(NO_FILTERS)}>
                  Clear filters
                </Button>
              )}
            </EmptyState>
          ) : (
            <EventTable
              view={view}
              openId={open?.id}
              onOpen={setOpen}
              onFollow={model.follow}
              onOlder={model.loadOlder}
            />
          )}
        </div>
        {open && <EventDetail event={open} onClose={close} onFilter={changeFilters} />}
      </div>
    </div>
  );
}

const NO_FILTERS: EventFilters = { source_app: undefined, session_id: undefined, event_type: undefined, q: undefined };

/** The filters live in the URL, so that a view can be sent to somebody and the back button works. */
function useUrlFilters() {
  const search: unknown = useSearch({ strict: false });
  const query = JSON.stringify(eventFiltersSchema.parse(search));
  const [filters, setFilters] = useState<EventFilters>(() => JSON.parse(query));
  if (JSON.stringify(filters) !== query) setFilters(JSON.parse(query));
  const navigate = useNavigate();
  const changeFilters = useCallback(
    (change: Partial<EventFilters>) => {
      void navigate({ to: '.', search: (before: EventFilters) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  return { filters, changeFilters };
}
