// biome-ignore-all lint/a11y/useSemanticElements: browsers style the cells of real tables too slowly, see message-row.tsx
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { useVirtualizer } from '@tanstack/react-virtual';
import ArrowDown from 'lucide-react/icons/arrow-down';
import { type KeyboardEvent, type UIEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useHydrated } from '../../../react/rendered.tsx';
import { useMediaQuery } from '../../../react/use-media-query.ts';
import { Button } from '../../../ui/button.tsx';
import { nextRow } from '../../../ui/row-keys.ts';
import type { ListedMessage } from './message-listed.ts';
import { MessageRow } from './message-row.tsx';
import { MessagesHead, RenderedMessages } from './messages-rendered.tsx';
import type { MessagesView } from './messages-view.ts';

const ROW_HEIGHT = 32;
const TWO_LINE_ROW_HEIGHT = 52;
const HEAD_HEIGHT = 28;
/** How near to the oldest row the next page is asked for. */
const OLDER_MARGIN = 30;

export interface MessagesTableProps {
  readonly view: MessagesView;
  readonly openSeq: number | undefined;
  readonly onOpen: (message: ListedMessage | undefined) => void;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly onOlder: () => void;
  readonly onNewest: () => void;
}

/** The messages as a grid of fixed-height rows, of which only those in sight exist; the newest stand at the bottom. */
export function MessagesTable(props: MessagesTableProps) {
  const isHydrated = useHydrated();
  const rendered = useRef<HTMLDivElement>(null);
  const size = useRef<Size>(undefined);
  useLayoutEffect(() => {
    const { offsetWidth, offsetHeight } = rendered.current ?? {};
    if (offsetWidth !== undefined && offsetHeight !== undefined)
      size.current = { width: offsetWidth, height: offsetHeight };
  }, []);
  return isHydrated ? (
    <LiveTable {...props} size={size.current} />
  ) : (
    <RenderedMessages ref={rendered} messages={props.view.rows} isUnavailable={props.view.unavailable !== undefined} />
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface LiveTableProps extends MessagesTableProps {
  /** Of the list that stands here already, so that its rows are there at the first paint. */
  readonly size: Size | undefined;
}

function LiveTable({ view, size, openSeq, onOpen, onFollow, onOlder, onNewest }: LiveTableProps) {
  const { rows: messages, unseen, isPaused, isFollowing, isAttached, hasOlder, loading, linkedSeq } = view;
  const table = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [activeSeq, setActiveSeq] = useState<number>();
  const isNarrow = useMediaQuery('(max-width: 639.98px)');
  const rowHeight = isNarrow ? TWO_LINE_ROW_HEIGHT : ROW_HEIGHT;
  const headHeight = isNarrow ? 0 : HEAD_HEIGHT;

  const virtualizer = useVirtualizer({
    count: messages.length,
    getScrollElement: () => table.current,
    estimateSize: () => rowHeight,
    // biome-ignore lint/correctness/useExhaustiveDependencies: the rows change in place, and a new view says so
    getItemKey: useCallback((index: number) => messages.at(index)?.seq ?? index, [view]),
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: rowHeight,
    useFlushSync: false,
    ...(size && {
      initialRect: size,
      initialOffset: Math.max(0, headHeight + messages.length * rowHeight - size.height),
    }),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height invalidates what was measured
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);

  const shown = virtualizer.getVirtualItems();
  const firstRow = shown[0]?.index ?? 0;
  useEffect(() => {
    if (hasOlder && loading === undefined && !isFollowing && firstRow < OLDER_MARGIN) onOlder();
  }, [firstRow, hasOlder, loading, isFollowing, onOlder]);

  // What appears above or below the list takes room from it.
  const boxHeight = virtualizer.scrollRect?.height;
  // A list begins at its newest end, or at the message a link leads to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters mean another list
  useEffect(() => {
    if (isFollowing) virtualizer.scrollToEnd();
  }, [isFollowing, view.search, boxHeight, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another link moves the list
  useEffect(() => {
    if (linkedSeq === undefined) return;
    virtualizer.scrollToIndex(messages.indexOf(linkedSeq), { align: 'center' });
    setActiveSeq(linkedSeq);
  }, [linkedSeq, virtualizer]);

  const choose = useCallback(
    (message: ListedMessage) => {
      setActiveSeq(message.seq);
      onOpen(message.seq === openSeq ? undefined : message);
    },
    [openSeq, onOpen],
  );

  const onKeyDown = (key: KeyboardEvent) => {
    if (key.target !== table.current) return;
    const index = activeSeq === undefined ? messages.length : messages.indexOf(activeSeq);
    const active = messages.at(index);
    const page = Math.max(1, Math.floor((table.current?.clientHeight ?? 0) / rowHeight) - 2);
    const next = nextRow(key.key, index, messages.length, page);
    if (next !== undefined) {
      setActiveSeq(messages.at(next)?.seq);
      virtualizer.scrollToIndex(next);
    } else if ((key.key === 'Enter' || key.key === ' ') && active) choose(active);
    else if (key.key === 'Escape' && openSeq !== undefined) onOpen(undefined);
    else return;
    key.preventDefault();
  };

  /** Only a move upwards leaves the newest end: rows that are appended leave it too, until the list has followed. */
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    const isUpwards = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    if (scrollHeight - scrollTop - clientHeight < rowHeight) onFollow(true);
    else if (isUpwards) onFollow(false);
  };

  const isActiveInSight = shown.some((row) => messages.at(row.index)?.seq === activeSeq);
  const isUnavailable = view.unavailable !== undefined;
  return (
    <div role="log" aria-live="off" aria-label="Messages" className="@container relative min-h-0 flex-1 bg-surface">
      <div
        ref={table}
        role="grid"
        tabIndex={0}
        aria-label="Messages, oldest first"
        aria-rowcount={messages.length + 1}
        aria-activedescendant={activeSeq !== undefined && isActiveInSight ? rowId(activeSeq) : undefined}
        aria-busy={loading === 'older'}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        className="block h-full overflow-y-auto outline-none [overflow-anchor:none] focus-visible:[&_.row-active]:outline-2 focus-visible:[&_.row-active]:-outline-offset-2 focus-visible:[&_.row-active]:outline-accent"
      >
        <MessagesHead />
        <div role="rowgroup" className="relative block bg-surface" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map((row) => {
            const message = messages.at(row.index);
            return (
              message && (
                <MessageRow
                  key={row.key}
                  message={message}
                  place={{
                    rowId: rowId(message.seq),
                    rowIndex: row.index + 2,
                    top: row.start - headHeight,
                    height: rowHeight,
                  }}
                  isActive={message.seq === activeSeq}
                  isOpen={message.seq === openSeq}
                  isLinked={message.seq === linkedSeq}
                  isUnavailable={isUnavailable}
                  onChoose={choose}
                />
              )
            );
          })}
        </div>
      </div>
      {!isPaused && (unseen > 0 || !isAttached || !isFollowing) && (
        <Button
          look="primary"
          onClick={onNewest}
          className="absolute bottom-4 left-1/2 z-20 -translate-x-1/2 rounded-full px-3 shadow-lg"
        >
          <ArrowDown size={14} aria-hidden />
          {unseen === 0
            ? 'Jump to newest'
            : `${unseen.toLocaleString('en')} new ${unseen === 1 ? 'message' : 'messages'}`}
        </Button>
      )}
    </div>
  );
}

function rowId(seq: number): string {
  return `message-${seq}`;
}
