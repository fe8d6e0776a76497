import { Link, useNavigate } from '@tanstack/react-router';
import { memo, useMemo } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';
import { RowMenu } from '../../../ui/row-menu.tsx';
import { type VirtualColumn, VirtualTable } from '../../../ui/virtual-table.tsx';
import { LiveAge } from './live-age.tsx';
import { Sparkline } from './sparkline.tsx';
import type { Summary } from './summary.ts';
import type { SummaryKind } from './summary-kind.ts';
import type { SummaryView } from './summary-model.ts';
import type { SummarySort } from './summary-search.ts';

/** As long as its animation. */
const MARK_MS = 1_200;

export interface SummaryTableProps {
  readonly kind: SummaryKind;
  readonly view: SummaryView;
  readonly onSort: (sort: SummarySort) => void;
  readonly onHold: (isHeld: boolean) => void;
  readonly onDelete: (name: string) => void;
}

/** One row per channel or user. */
export function SummaryTable({ kind, view, onSort, onHold, onDelete }: SummaryTableProps) {
  const columns = useMemo(() => columnsOf(kind, onDelete), [kind, onDelete]);
  return (
    <VirtualTable
      label={kind.title}
      columns={columns}
      rows={view.rows}
      keyOf={nameOf}
      rowClass={rowClass}
      sort={view.query.sort}
      order={view.query.order}
      onSort={onSort}
      onHold={onHold}
      isBusy={view.isLoading}
    />
  );
}

const nameOf = ({ name }: Summary) => name;

function rowClass({ unavailable, changes, changedAt }: Summary): string {
  const isMarked = changedAt !== undefined && Date.now() - changedAt < MARK_MS;
  return classNames(
    unavailable !== undefined && 'text-muted',
    isMarked && (changes % 2 === 0 ? 'changed-even' : 'changed-odd'),
  );
}

function columnsOf(
  kind: SummaryKind,
  onDelete: (name: string) => void,
): readonly VirtualColumn<Summary, SummarySort>[] {
  return [
    {
      title: kind.type === 'channel' ? 'Channel' : 'User',
      sort: 'name',
      render: ({ name, displayName, unavailable }) => (
        <Name kind={kind} name={name} displayName={displayName} isDeleted={unavailable !== undefined} />
      ),
    },
    {
      title: 'Last hour',
      className: 'w-52 max-md:hidden',
      render: ({ activity }) => <Sparkline activity={activity} />,
    },
    {
      title: 'Messages',
      sort: 'messages',
      isNumeric: true,
      className: 'w-32 max-sm:w-24',
      render: ({ messageCount, unavailable }) => (
        <span className="font-medium tabular-nums">
          {unavailable === undefined ? messageCount.toLocaleString('en') : '–'}
        </span>
      ),
    },
    {
      title: 'Last activity',
      sort: 'activity',
      // Not to the right: a text that counts there would move by itself.
      className: 'w-36 pl-8 max-sm:w-26 max-sm:pl-4',
      render: ({ lastMessageAt }) => (lastMessageAt === undefined ? '–' : <LiveAge at={lastMessageAt} />),
    },
    {
      title: 'Actions',
      isHeadHidden: true,
      className: 'w-16 max-sm:w-14 text-right',
      render: ({ name, unavailable }) =>
        unavailable === undefined && <Actions kind={kind} name={name} onDelete={onDelete} />,
    },
  ];
}

interface NameProps {
  readonly kind: SummaryKind;
  readonly name: string;
  readonly displayName: string | undefined;
  readonly isDeleted: boolean;
}

/** Drawn anew only when the name changes: a link looks at the whole router. */
const Name = memo(function Name({ kind, name, displayName, isDeleted }: NameProps) {
  const other = displayName === undefined || displayName === name ? undefined : displayName;
  const look = classNames('truncate font-medium', kind.type === 'user' && !isDeleted && hueClass(name));
  return (
    <span className="flex min-w-0 items-center gap-2">
      {isDeleted ? (
        <span dir="auto" className={look}>
          {name}
        </span>
      ) : (
        <Link
          {...target(kind, name)}
          dir="auto"
          title={name}
          preload={false}
          className={classNames(look, 'underline-offset-2 hover:underline')}
        >
          {name}
        </Link>
      )}
      {other !== undefined && (
        <span dir="auto" className="truncate text-muted max-sm:hidden">
          {other}
        </span>
      )}
      {isDeleted && (
        <span className="shrink-0 rounded border border-line-strong px-1 text-2xs text-muted">deleted</span>
      )}
    </span>
  );
});

function target(kind: SummaryKind, name: string) {
  return kind.type === 'channel'
    ? { to: '/messages', search: { channel: name } }
    : { to: '/users/$user', params: { user: name } };
}

interface ActionsProps {
  readonly kind: SummaryKind;
  readonly name: string;
  readonly onDelete: (name: string) => void;
}

const Actions = memo(function Actions({ kind, name, onDelete }: ActionsProps) {
  const navigate = useNavigate();
  const items = useMemo(
    () => [
      {
        text: 'Show messages',
        onChoose: () => void navigate({ to: '/messages', search: { [kind.type]: name } }),
      },
      { text: `Delete ${kind.type}…`, isDangerous: true, onChoose: () => onDelete(name) },
    ],
    [navigate, kind, name, onDelete],
  );
  return <RowMenu label={`More about ${name}`} items={items} />;
});
