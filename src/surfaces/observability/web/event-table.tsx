import { useVirtualizer } from '@tanstack/react-virtual';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useHydrated } from '../../../react/rendered.tsx';
import { useMediaQuery } from '../../../react/use-media-query.ts';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { nextRow } from '../../../ui/row-keys.ts';
import { EventRow, ROW_GRID } from './event-row.tsx';
import type { EventsView } from './events-model.ts';
import type { ListedEvent } from './listed-event.ts';

const ROW_HEIGHT = 30;
const TWO_LINE_ROW_HEIGHT = 52;
/** Rows that a server renders: it doesn't know how many are in sight. */
const RENDERED_ROWS = 40;
const HEAD_HEIGHT = 28;

export interface EventTableProps {
  readonly view: EventsView;
  readonly openId: number | undefined;
  readonly onOpen: (event: ListedEvent | undefined) => void;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly onOlder: () => void;
}

/** The events as a grid of fixed-height rows, of which only those in sight exist. */
export function EventTable({ view, openId, onOpen, onFollow, onOlder }: EventTableProps) {
  const { events, held, isPaused, isFollowing, hasOlder, isSearching } = view;
  const table = useRef<HTMLTableElement>(null);
  const [activeId, setActiveId] = useState<number>();
  const isNarrow = useMediaQuery('(max-width: 639.98px)');
  const rowHeight = isNarrow ? TWO_LINE_ROW_HEIGHT : ROW_HEIGHT;
  const headHeight = isNarrow ? 0 : HEAD_HEIGHT;

  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => table.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 6,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height invalidates what was measured
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);

  const isHydrated = useHydrated();
  const rows = virtualizer.getVirtualItems();
  const shown = isHydrated
    ? rows.flatMap(({ index, start }) => {
        const event = events[index];
        return event ? [{ event, index, place: { top: start - headHeight, height: rowHeight } }] : [];
      })
    : events.slice(0, RENDERED_ROWS).map((event, index) => ({ event, index, place: undefined }));
  const lastRow = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && !isSearching && !isFollowing && lastRow >= events.length - 20) onOlder();
  }, [lastRow, events.length, hasOlder, isSearching, isFollowing, onOlder]);

  // A new list begins at its newest end, and so does one that runs on again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters mean another list
  useEffect(() => {
    if (isFollowing) table.current?.scrollTo({ top: 0 });
  }, [isFollowing, view.filters]);

  const choose = useCallback(
    (event: ListedEvent) => {
      setActiveId(event.id);
      onOpen(event.id === openId ? undefined : event);
    },
    [openId, onOpen],
  );

  const toNewest = () => {
    table.current?.scrollTo({ top: 0 });
    onFollow(true);
  };

  const onKeyDown = (key: KeyboardEvent) => {
    if (key.target !== table.current) return;
    const index = events.findIndex((event) => event.id === activeId);
    const active = events[index];
    const page = Math.max(1, Math.floor((table.current?.clientHeight ?? 0) / rowHeight) - 2);
    const next = nextRow(key.key, index, events.length, page);
    if (next !== undefined) {
      setActiveId(events[next]?.id);
      virtualizer.scrollToIndex(next);
    } else if ((key.key === 'Enter' || key.key === ' ') && active) choose(active);
    else if (key.key === 'Escape' && openId !== undefined) onOpen(undefined);
    else return;
    key.preventDefault();
  };

  const isActiveInSight = rows.some((row) => events[row.index]?.id === activeId);
  return (
    <div className="@container relative min-h-0 flex-1">
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are chosen by keyboard, which makes it a grid
        role="grid"
        tabIndex={0}
        aria-label="Events, newest first"
        aria-rowcount={events.length + 1}
        aria-activedescendant={activeId !== undefined && isActiveInSight ? rowId(activeId) : undefined}
        onKeyDown={onKeyDown}
        onScroll={(scroll) => onFollow(scroll.currentTarget.scrollTop < rowHeight)}
        className="block h-full overflow-y-auto outline-none [overflow-anchor:none] focus-visible:[&_.row-active]:outline-2 focus-visible:[&_.row-active]:-outline-offset-2 focus-visible:[&_.row-active]:outline-accent"
      >
        <thead className="sticky top-0 z-10 block max-sm:sr-only">
          <tr
            aria-rowindex={1}
            className={classNames('h-7 border-b border-line bg-ground px-4 text-left text-2xs text-muted', ROW_GRID)}
          >
            <Head>Time</Head>
            <Head>App</Head>
            <Head>Session</Head>
            <Head>Type</Head>
            <Head isWide>Tool</Head>
            <Head>Summary</Head>
          </tr>
        </thead>
        <tbody
          className="relative block bg-surface"
          style={isHydrated ? { height: virtualizer.getTotalSize() } : undefined}
        >
          {shown.map(({ event, index, place }) => (
            <EventRow
              key={event.id}
              event={event}
              rowId={rowId(event.id)}
              rowIndex={index + 2}
              place={place}
              isActive={event.id === activeId}
              isOpen={event.id === openId}
              onChoose={choose}
            />
          ))}
        </tbody>
      </table>
      {hasOlder && virtualizer.getTotalSize() + headHeight <= (virtualizer.scrollRect?.height ?? 0) && (
        <Button disabled={isSearching} onClick={onOlder} className="absolute bottom-4 left-4">
          {isSearching ? 'Searching…' : 'Search older events'}
        </Button>
      )}
      {!isFollowing && !isPaused && held > 0 && (
        <Button
          look="primary"
          onClick={toNewest}
          className="absolute top-10 left-1/2 z-20 -translate-x-1/2 rounded-full px-3 shadow-lg"
        >
          <ArrowUp size={14} aria-hidden />
          {held.toLocaleString('en')} new {held === 1 ? 'event' : 'events'}
        </Button>
      )}
    </div>
  );
}

function Head({ children, isWide = false }: { readonly children: string; readonly isWide?: boolean }) {
  return (
    <th scope="col" className={classNames('truncate font-medium', isWide && 'hidden @4xl:block')}>
      {children}
    </th>
  );
}

function rowId(id: number): string {
  return `event-${id}`;
}
