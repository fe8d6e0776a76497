import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface DataColumn<Row> {
  readonly title: string;
  /** Default false. Numbers stand right-aligned. */
  readonly isNumeric?: boolean;
  /** For the head and every cell, for example to hide the column on small screens. */
  readonly className?: string;
  readonly render: (row: Row) => ReactNode;
}

export interface DataTableProps<Row> {
  /** Its name for those who do not see it. */
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** A click anywhere in a row; the keyboard's way is a button that `render` puts into a cell. */
  readonly onRowClick?: (row: Row) => void;
  /** The row that is shown elsewhere in full. */
  readonly openKey?: string | undefined;
  /** Said to be on its way while older rows are still shown. */
  readonly isBusy?: boolean;
  /** Default false. Widths go by the columns' classes alone: live values push no column aside. */
  readonly isFixed?: boolean;
}

/** Rows under named columns. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  onRowClick,
  openKey,
  isBusy = false,
  isFixed = false,
}: DataTableProps<Row>) {
  return (
    <table
      aria-label={label}
      aria-busy={isBusy}
      className={classNames('w-full border-collapse text-left', isFixed && 'table-fixed')}
    >
      <thead>
        <tr className="border-b border-line bg-ground text-2xs text-muted">
          {columns.map(({ title, isNumeric = false, className }) => (
            <th
              key={title}
              scope="col"
              className={classNames(CELL, 'h-7 font-medium', isNumeric && 'text-right', className)}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className={classNames('bg-surface transition-opacity', isBusy && 'opacity-60')}>
        {rows.map((row) => {
          const key = keyOf(row);
          return (
            <tr
              key={key}
              onClick={onRowClick && (() => onRowClick(row))}
              className={classNames(
                'border-b border-line',
                onRowClick && 'cursor-pointer hover:bg-hover',
                key === openKey && 'bg-selected hover:bg-selected',
              )}
            >
              {columns.map(({ title, isNumeric = false, className, render }) => (
                <td key={title} className={classNames(CELL, 'h-9 py-1', isNumeric && 'text-right', className)}>
                  {render(row)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const CELL = 'px-2 first:pl-4 last:pr-4';
