import { memo } from 'react';
import { pageNow } from '../../../react/page-clock.ts';
import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';
import { shortTime } from '../../../ui/time-format.ts';
import { messageHref } from './message-link.ts';
import type { ListedMessage } from './message-listed.ts';

/** The columns of the head and of every row; small screens show two lines a row instead. */
export const MESSAGE_GRID =
  'sm:grid sm:grid-cols-[6.5rem_8rem_8rem_minmax(0,1fr)] @4xl:grid-cols-[6.5rem_11rem_11rem_minmax(0,1fr)] sm:items-center sm:gap-x-3';

export interface MessageRowProps {
  readonly message: ListedMessage;
  /** Where the row stands in a list whose rows have fixed places; without it rows stand one below the other. */
  readonly place?: MessagePlace;
  readonly isActive?: boolean;
  readonly isOpen?: boolean;
  /** Whether a link leads to this message. */
  readonly isLinked?: boolean;
  /** Whether its channel or user was deleted while it was shown. */
  readonly isUnavailable?: boolean;
  /** Opens the message; without it the time is a link to the message among the others. */
  readonly onChoose?: (message: ListedMessage) => void;
}

export interface MessagePlace {
  readonly rowId: string;
  /** 1-based, the head being row 1. */
  readonly rowIndex: number;
  readonly top: number;
  readonly height: number;
}

/**
 * One message of fixed height, of class `message`. A row with a place is made of elements that only play a table's part:
 * browsers take twenty times as long to style the cells of a table that is laid out otherwise. The place is set by the
 * style property, as the policy allows.
 */
export const MessageRow = memo(
  function MessageRow(props: MessageRowProps) {
    const { message, place, isActive, isOpen, isLinked, isUnavailable, onChoose } = props;
    const Row = place ? 'div' : 'tr';
    const Cell = place ? 'div' : 'td';
    const role = place && 'gridcell';
    return (
      <Row
        role={place && 'row'}
        id={place?.rowId}
        aria-rowindex={place?.rowIndex}
        aria-selected={place && isOpen === true}
        data-seq={message.seq}
        onClick={onChoose && (() => onChoose(message))}
        style={place && { transform: `translateY(${place.top}px)`, height: place.height }}
        className={classNames(
          'message flex w-full flex-wrap content-center gap-x-2 border-b border-line px-4 hover:bg-hover',
          place ? 'absolute top-0 left-0 contain-strict' : 'h-13 sm:h-8',
          onChoose ? 'cursor-pointer' : 'cursor-default',
          MESSAGE_GRID,
          isLinked && 'bg-warn-ground hover:bg-warn-ground',
          isOpen && 'bg-selected hover:bg-selected',
          isActive && 'row-active',
        )}
      >
        <Cell role={role} className="text-muted max-sm:order-last max-sm:ml-auto">
          <time dateTime={message.sent_at}>
            {onChoose ? (
              shortTime(message.at, pageNow())
            ) : (
              <a
                href={messageHref(message.id)}
                data-message={message.id}
                title="Show among the other messages"
                className="rounded-xs hover:text-text hover:underline"
              >
                {shortTime(message.at, pageNow())}
              </a>
            )}
          </time>
        </Cell>
        <Name
          isPlaced={place !== undefined}
          text={message.channel}
          missing="deleted channel"
          className="text-muted max-sm:order-2 max-sm:max-w-28"
        />
        <Name
          isPlaced={place !== undefined}
          text={message.user === null ? null : (message.display_name ?? message.user)}
          missing="deleted user"
          className={classNames('font-medium max-sm:order-1 max-sm:max-w-36', hueClass(message.user ?? ''))}
        />
        <Cell role={role} className="flex min-w-0 items-center gap-2 max-sm:order-last max-sm:basis-full">
          {isLinked && <span className="shrink-0 rounded bg-warn px-1 text-2xs text-ground">linked</span>}
          {isUnavailable && (
            <span className="shrink-0 rounded border border-line-strong px-1 text-2xs text-muted">deleted</span>
          )}
          <span dir="auto" className={classNames('truncate', isUnavailable && 'text-muted')}>
            {message.text}
          </span>
        </Cell>
      </Row>
    );
  },
  (a, b) =>
    a.message === b.message &&
    a.isActive === b.isActive &&
    a.isOpen === b.isOpen &&
    a.isLinked === b.isLinked &&
    a.isUnavailable === b.isUnavailable &&
    a.onChoose === b.onChoose &&
    a.place?.rowIndex === b.place?.rowIndex &&
    a.place?.top === b.place?.top &&
    a.place?.height === b.place?.height,
);

interface NameProps {
  readonly isPlaced: boolean;
  readonly text: string | null;
  readonly missing: string;
  readonly className: string;
}

function Name({ isPlaced, text, missing, className }: NameProps) {
  const Cell = isPlaced ? 'div' : 'td';
  return (
    <Cell
      role={isPlaced ? 'gridcell' : undefined}
      className={classNames('min-w-0 truncate', text === null ? 'text-muted italic' : className)}
    >
      {text ?? missing}
    </Cell>
  );
}
