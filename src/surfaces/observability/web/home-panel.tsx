import { Link } from '@tanstack/react-router';
import { memo, useEffect, useState, useSyncExternalStore } from 'react';
import { pageNow } from '../../../react/page-clock.ts';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { classNames } from '../../../ui/class-names.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { shortTime } from '../../../ui/time-format.ts';
import type { RecentEvents } from './events-answers.ts';
import { createEventsApi } from './events-api.ts';
import { createLatestEvents, readLatest } from './latest-events.ts';
import { headline, type ListedEvent } from './listed-event.ts';
import { typeHue } from './type-hue.ts';

export function preload({ fetch, signal }: PreloadRequest): Promise<RecentEvents> {
  return readLatest(createEventsApi(fetch), signal);
}

/** The latest events on the start page, newest first. */
export function Panel() {
  const rendered = useRendered<RecentEvents>();
  const [latest] = useState(() => createLatestEvents(rendered));
  useFeedConnection(latest.connection);
  useEffect(() => latest.stop, [latest]);
  const { phase, events } = useSyncExternalStore(latest.subscribe, latest.view, latest.view);
  return (
    <section
      aria-label="Latest agent events"
      className="flex min-h-0 flex-col border-line bg-surface max-lg:max-h-2/5 max-lg:border-t lg:w-96 lg:border-l"
    >
      <header className="flex min-h-10 items-center gap-4 border-b border-line px-4">
        <h2 className="font-semibold">Latest agent events</h2>
        <Link to="/events" className="ml-auto font-medium text-accent hover:underline">
          All events
        </Link>
      </header>
      {phase === 'loading' && <SkeletonRows label="Loading events…" />}
      {phase === 'failed' && <p className="p-4 text-muted">Events cannot be loaded. They are tried again.</p>}
      {phase === 'ready' && events.length === 0 && (
        <p className="p-4 text-muted">
          No event yet.{' '}
          <Link to="/events" className="text-accent underline">
            How to send one
          </Link>
        </p>
      )}
      {events.length > 0 && (
        <ol
          aria-label="Events, newest first"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="min-h-0 flex-1 overflow-y-auto"
        >
          {events.map((event) => (
            <Row key={event.id} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

const Row = memo(function Row({ event }: { readonly event: ListedEvent }) {
  return (
    <li className="event flex h-13 flex-col justify-center border-b border-line px-4">
      <span className="flex min-w-0 items-center gap-2 text-muted">
        <span className={classNames('size-2 shrink-0 rounded-xs bg-current', typeHue(event.event_type))} aria-hidden />
        <span className="truncate font-medium text-text">{event.event_type}</span>
        <span className="truncate">{event.source_app}</span>
        <time className="ml-auto shrink-0" dateTime={event.timestamp}>
          {shortTime(event.at, pageNow())}
        </time>
      </span>
      <span className="truncate">{headline(event)}</span>
    </li>
  );
});
