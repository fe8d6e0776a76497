import { useNow } from '../../../react/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import { compactNumber } from '../../../ui/compact-number.ts';
import { type DataColumn, DataTable } from '../../../ui/data-table.tsx';
import { age } from '../../../ui/time-format.ts';
import type { ReconciliationEvent } from '../events.ts';
import { type CountRow, countRows } from './count-rows.ts';
import { type ShownStatus, shownStatus } from './shown-status.ts';
import { StatusPill } from './status-pill.tsx';

export interface ServicesTableProps {
  readonly services: readonly ReconciliationEvent[];
  readonly silentSince: number | undefined;
  readonly openService: string | undefined;
  readonly onOpen: (service: string) => void;
}

interface ServiceRow {
  readonly event: ReconciliationEvent;
  readonly shown: ShownStatus;
  readonly counts: readonly CountRow[];
  readonly age: string;
}

/** One row per service; its age ticks, and a service that is not heard of turns stale before one's eyes. */
export function ServicesTable({ services, silentSince, openService, onOpen }: ServicesTableProps) {
  const now = useNow(1_000);
  const rows = services.map(
    (event): ServiceRow => ({
      event,
      shown: shownStatus(event, now, silentSince),
      counts: countRows(event),
      age: age(Date.parse(event.lastReportAt), now),
    }),
  );
  const columns: readonly DataColumn<ServiceRow>[] = [
    {
      title: 'Status',
      className: 'w-33',
      render: ({ shown }) => <StatusPill status={shown.status} why={shown.why} />,
    },
    {
      title: 'Service',
      render: ({ event, shown, counts }) => (
        <div className="min-w-0">
          <button
            type="button"
            aria-haspopup="dialog"
            onClick={(click) => {
              click.stopPropagation();
              onOpen(event.service);
            }}
            className="max-w-full text-left font-medium [overflow-wrap:anywhere] underline-offset-2 hover:underline"
          >
            {event.service}
          </button>
          {shown.why !== undefined && <p className="text-2xs text-muted">{shown.why}</p>}
          {counts.length > 0 && event.actualAt !== undefined && (
            <div className="text-2xs md:hidden">
              <Side counts={counts} side="actual" most={1} />
            </div>
          )}
        </div>
      ),
    },
    {
      title: 'Expected',
      className: 'max-md:hidden',
      render: ({ counts }) => <Side counts={counts} side="expected" most={3} />,
    },
    {
      title: 'Actual',
      className: 'max-md:hidden',
      render: ({ counts }) => <Side counts={counts} side="actual" most={3} />,
    },
    {
      title: 'Latency',
      // Like the age not to the right: a text that changes there would move by itself.
      className: 'w-24 whitespace-nowrap max-sm:hidden',
      render: ({ event }) => `${compactNumber(Math.round(event.latencyMs * 10) / 10)} ms`,
    },
    { title: 'Age', className: 'w-20 whitespace-nowrap', render: (row) => row.age },
  ];
  return (
    <DataTable
      label="Services"
      columns={columns}
      rows={rows}
      keyOf={({ event }) => event.service}
      onRowClick={({ event }) => onOpen(event.service)}
      openKey={openService}
      isFixed
    />
  );
}

/** The counts of one side in short, those that differ first; each has room to grow without moving the next. */
function Side({
  counts,
  side,
  most,
}: {
  readonly counts: readonly CountRow[];
  readonly side: 'expected' | 'actual';
  readonly most: number;
}) {
  const known = counts.filter((row) => row[side] !== undefined || row.differs);
  if (known.length === 0) return <span className="text-muted">–</span>;
  const rest = known.length - most;
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {known.slice(0, most).map((row) => {
        const value = row[side];
        return (
          <span
            key={row.key}
            className={classNames('whitespace-nowrap md:min-w-30', row.differs && 'font-semibold text-bad')}
          >
            <span className={row.differs ? undefined : 'text-muted'}>{shortKey(row.key)}</span>{' '}
            {value === undefined ? 'missing' : compactNumber(value)}
          </span>
        );
      })}
      {rest > 0 && <span className="text-muted">+{rest} more</span>}
    </span>
  );
}

const LONGEST_KEY = 28;

function shortKey(key: string): string {
  return key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY - 1)}…` : key;
}
