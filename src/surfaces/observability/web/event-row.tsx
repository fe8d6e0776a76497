import { memo } from 'react';
import { pageNow } from '../../../react/page-clock.ts';
import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';
import { clockTime, shortId } from '../../../ui/time-format.ts';
import { headline, type ListedEvent } from './listed-event.ts';
import { typeHue } from './type-hue.ts';

/** The columns of the head and of every row; small screens show two lines a row instead. */
export const ROW_GRID =
  'sm:grid sm:grid-cols-[6rem_9.5rem_5rem_9.5rem_minmax(0,1fr)] @4xl:grid-cols-[6rem_14rem_5rem_9.5rem_10rem_minmax(0,1fr)] sm:items-center sm:gap-x-3';

export interface EventRowProps {
  readonly event: ListedEvent;
  readonly rowId: string;
  /** 1-based, the head being row 1. */
  readonly rowIndex: number;
  /** Where it stands in pixels; without it rows stand one below the other. */
  readonly place: { readonly top: number; readonly height: number } | undefined;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly onChoose: (event: ListedEvent) => void;
}

/** One event of fixed height. Its place, which a server doesn't know, is set through the style property, which the security policy allows. */
export const EventRow = memo(
  function EventRow(props: EventRowProps) {
    const { event, rowId, rowIndex, place, isActive, isOpen, onChoose } = props;
    return (
      <tr
        id={rowId}
        aria-rowindex={rowIndex}
        aria-selected={isOpen}
        onClick={() => onChoose(event)}
        style={place && { transform: `translateY(${place.top}px)`, height: place.height }}
        className={classNames(
          'event w-full cursor-default border-b border-line px-4 hover:bg-hover',
          'flex flex-wrap content-center gap-x-2',
          place ? 'absolute top-0 left-0 contain-strict' : 'h-13 sm:h-7.5',
          ROW_GRID,
          isOpen && 'bg-selected hover:bg-selected',
          isActive && 'row-active',
        )}
      >
        <td className="text-muted">{clockTime(event.at, pageNow())}</td>
        <td className="flex min-w-0 items-center gap-1.5 font-medium">
          <span
            className={classNames('size-2 shrink-0 rounded-full bg-current', hueClass(event.source_app))}
            aria-hidden
          />
          <span className="shrink-[0.2] truncate">{event.source_app}</span>
          {event.agent_type !== undefined && (
            <span className="hidden truncate font-normal text-muted @4xl:inline">{event.agent_type}</span>
          )}
        </td>
        <td className={classNames('truncate font-mono text-xs max-sm:hidden', hueClass(event.session_id ?? ''))}>
          {event.session_id === undefined ? '' : shortId(event.session_id)}
        </td>
        <td className="flex min-w-0 items-center gap-1.5 max-sm:ml-auto max-sm:max-w-36">
          <span
            className={classNames('size-2 shrink-0 rounded-xs bg-current', typeHue(event.event_type))}
            aria-hidden
          />
          <span className="truncate">{event.event_type}</span>
        </td>
        <td className="hidden truncate font-mono text-xs text-muted @4xl:block">{event.tool_name}</td>
        <td className="truncate max-sm:basis-full max-sm:text-muted">{headline(event)}</td>
      </tr>
    );
  },
  (a, b) =>
    a.event === b.event &&
    a.rowIndex === b.rowIndex &&
    a.isActive === b.isActive &&
    a.isOpen === b.isOpen &&
    a.onChoose === b.onChoose &&
    a.place?.top === b.place?.top &&
    a.place?.height === b.place?.height,
);
