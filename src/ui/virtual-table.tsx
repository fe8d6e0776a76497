import { useVirtualizer } from '@tanstack/react-virtual';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { useHydrated } from '../react/rendered.tsx';
import { classNames } from './class-names.ts';
import type { DataColumn } from './data-table.tsx';

const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 32;
/** Rows that a server renders: it doesn't know how many are in sight. */
const RENDERED_ROWS = 40;

export interface VirtualColumn<Row, Sort extends string> extends DataColumn<Row> {
  /** What a click on the head sorts by; undefined for a column that cannot be sorted by. */
  readonly sort?: Sort;
  /** Its head is there only for those who hear the table. */
  readonly isHeadHidden?: boolean;
}

export interface VirtualTableProps<Row, Sort extends string> {
  /** Its name for those who do not see it. */
  readonly label: string;
  /** The same array every time: rows are drawn anew only when they or the columns change. */
  readonly columns: readonly VirtualColumn<Row, Sort>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly rowClass?: (row: Row) => string | undefined;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly onSort: (sort: Sort) => void;
  /** Called when a pointer or the focus comes to the rows, and when the last of them has gone. */
  readonly onHold?: (isHeld: boolean) => void;
  /** Called when the last rows come into sight, for example to read more of them. */
  readonly onEnd?: () => void;
  /** Said to be on its way while older rows are still shown. */
  readonly isBusy?: boolean;
}

/** Any number of rows under heads that sort them; of the rows only those in sight exist. */
export function VirtualTable<Row, Sort extends string>(props: VirtualTableProps<Row, Sort>) {
  const { label, columns, rows, keyOf, rowClass, sort, order, onSort, onEnd, isBusy = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its first row
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [sort, order]);
  const holding = useHold(props.onHold);
  const items = virtualizer.getVirtualItems();
  // Until then those of the server stay: the same elements, where they are in sight.
  const isMeasured = useHydrated() && items.length > 0;
  const shown = isMeasured ? items.map(({ index }) => index) : rows.slice(0, RENDERED_ROWS).map((_, index) => index);
  const isAtEnd = rows.length > 0 && (items.at(-1)?.index ?? 0) >= rows.length - 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows may leave the end in sight
  useEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, rows.length, onEnd]);
  const before = (items[0]?.start ?? HEAD_HEIGHT) - HEAD_HEIGHT;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? HEAD_HEIGHT) - HEAD_HEIGHT);
  const rowOf = (row: Row, index: number) => (
    <TableRow
      key={keyOf(row)}
      row={row}
      columns={columns as readonly VirtualColumn<unknown, string>[]}
      rowIndex={index + 2}
      className={rowClass?.(row)}
    />
  );
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px] [overflow-anchor:none]"
    >
      <table
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-busy={isBusy}
        className="w-full table-fixed border-separate border-spacing-0 text-left"
      >
        <thead className="sticky top-0 z-10">
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head
                key={column.title}
                column={column}
                order={column.sort === sort ? order : undefined}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody className={classNames('bg-surface transition-opacity', isBusy && 'opacity-60')} {...holding}>
          {isMeasured && <Spacer height={before} />}
          {shown.map((index) => {
            const row = rows[index];
            return row !== undefined && rowOf(row, index);
          })}
          {isMeasured && <Spacer height={after} />}
        </tbody>
      </table>
    </section>
  );
}

interface HeadProps<Row, Sort extends string> {
  readonly column: VirtualColumn<Row, Sort>;
  readonly order: 'asc' | 'desc' | undefined;
  readonly onSort: (sort: Sort) => void;
}

function Head<Row, Sort extends string>({ column, order, onSort }: HeadProps<Row, Sort>) {
  const { title, sort, isNumeric = false, isHeadHidden = false, className } = column;
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={order && (order === 'asc' ? 'ascending' : 'descending')}
      className={classNames(
        CELL,
        'h-8 border-b border-line bg-ground text-2xs font-medium text-muted',
        isNumeric && 'text-right',
        className,
      )}
    >
      {sort === undefined ? (
        <span className={isHeadHidden ? 'sr-only' : undefined}>{title}</span>
      ) : (
        <button
          type="button"
          onClick={() => onSort(sort)}
          className={classNames(
            '-mx-1 inline-flex h-6 max-w-full items-center gap-1 rounded px-1 hover:text-text',
            isNumeric && 'flex-row-reverse',
            order && 'text-text',
          )}
        >
          <span className="truncate">{title}</span>
          {order && <Arrow size={12} aria-hidden className="shrink-0" />}
        </button>
      )}
    </th>
  );
}

interface TableRowProps {
  readonly row: unknown;
  readonly columns: readonly VirtualColumn<unknown, string>[];
  readonly rowIndex: number;
  readonly className: string | undefined;
}

const TableRow = memo(function TableRow({ row, columns, rowIndex, className }: TableRowProps) {
  return (
    <tr aria-rowindex={rowIndex} className={classNames('hover:bg-hover', className)}>
      {columns.map(({ title, isNumeric = false, className: column, render }) => (
        <td key={title} className={classNames(CELL, 'h-10 border-b border-line', isNumeric && 'text-right', column)}>
          {render(row)}
        </td>
      ))}
    </tr>
  );
});

/** Stands for the rows that are out of sight. One cell: more would bring back columns that are hidden. */
function Spacer({ height }: { readonly height: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td className="p-0" style={{ height }} />
    </tr>
  );
}

/** Both a pointer and the focus hold, each for as long as it stays. */
function useHold(onHold: ((isHeld: boolean) => void) | undefined) {
  const holds = useRef({ pointer: false, focus: false });
  useEffect(() => () => onHold?.(false), [onHold]);
  if (!onHold) return {};
  const set = (which: 'pointer' | 'focus', isHeld: boolean) => {
    holds.current[which] = isHeld;
    // A focused row that ceases to exist takes the focus along without a word.
    if (which === 'pointer' && document.activeElement === document.body) holds.current.focus = false;
    onHold(holds.current.pointer || holds.current.focus);
  };
  return {
    onPointerEnter: () => set('pointer', true),
    onPointerLeave: () => set('pointer', false),
    onFocus: () => set('focus', true),
    onBlur: () => set('focus', false),
  };
}

const CELL = 'px-2 first:pl-4 last:pr-4';
