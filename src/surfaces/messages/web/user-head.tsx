import { Link } from '@tanstack/react-router';
import ArrowLeft from 'lucide-react/icons/arrow-left';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import { useMemo } from 'react';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';
import { IdleNote } from '../../../ui/idle-note.tsx';
import { RowMenu } from '../../../ui/row-menu.tsx';
import { StatCard } from '../../../ui/stat-card.tsx';
import { fullTime } from '../../../ui/time-format.ts';
import type { History, UserChannel } from '../events.ts';
import { Sparkline } from './sparkline.tsx';
import { Ago, Figure } from './summary-stats.tsx';
import type { UserFigures } from './user-model.ts';

export interface UserHeadProps {
  readonly name: string;
  readonly figures: UserFigures;
  readonly unavailable: History | undefined;
  readonly isLoading: boolean;
  readonly onRefresh: () => void;
  readonly onDelete: () => void;
}

/** Who it is, how much and since when, and what can be done. */
export function UserHead(props: UserHeadProps) {
  const { name, figures, unavailable, isLoading, onRefresh, onDelete } = props;
  const items = useMemo(() => [{ text: 'Delete user…', isDangerous: true, onChoose: onDelete }], [onDelete]);
  const first = figures.first_message_at === null ? undefined : Date.parse(figures.first_message_at);
  const last = figures.last_message_at === null ? undefined : Date.parse(figures.last_message_at);
  const isDeleted = unavailable !== undefined;
  return (
    <>
      <div className="flex items-center gap-2 border-b border-line bg-surface px-4 py-2">
        <Link
          to="/users"
          aria-label="All users"
          title="All users"
          className="-ml-2 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
        >
          <ArrowLeft size={16} aria-hidden />
        </Link>
        <h2
          dir="auto"
          title={name}
          className={classNames('min-w-0 truncate text-base font-semibold', isDeleted ? 'text-muted' : hueClass(name))}
        >
          {name}
        </h2>
        {figures.display_name !== undefined && figures.display_name !== name && (
          <span className="truncate text-muted max-sm:hidden">{figures.display_name}</span>
        )}
        {isDeleted && (
          <span className="shrink-0 rounded border border-line-strong px-1 text-2xs text-muted">deleted</span>
        )}
        <span className="ml-auto flex items-center gap-1">
          <Button onClick={onRefresh} aria-disabled={isLoading}>
            <RefreshCw size={14} aria-hidden />
            Refresh
          </Button>
          {!isDeleted && <RowMenu label={`More about ${name}`} items={items} />}
        </span>
      </div>
      {isDeleted && (
        <p role="status" className="border-b border-line bg-warn-ground px-4 py-1.5 text-warn">
          <strong className="font-semibold">This user was deleted.</strong>{' '}
          <span className="text-text">
            {unavailable === 'keep' ? 'The messages were kept without the name.' : 'The messages were deleted too.'}{' '}
            What you see is what was there before.
          </span>
        </p>
      )}
      <dl className="grid shrink-0 grid-cols-2 border-b border-line bg-surface sm:grid-cols-4 [&>*]:border-line max-sm:[&>*:nth-child(even)]:border-l max-sm:[&>*:nth-child(n+3)]:border-t sm:[&>*+*]:border-l">
        <StatCard
          label="Messages"
          value={<Figure value={figures.message_count} />}
          note={inChannels(figures.channels)}
        />
        <StatCard label="Last seen" value={<Ago at={last} />} note={<IdleNote of="message" lastAt={last} isBrief />} />
        <StatCard label="First seen" value={<Ago at={first} />} note={first === undefined ? ' ' : fullTime(first)} />
        <StatCard
          label="Last hour"
          value={<Sparkline activity={figures.activity} className="mt-1 h-9 w-full max-w-64" />}
        />
      </dl>
    </>
  );
}

/** The server names a hundred channels at most. */
const MOST_CHANNELS = 100;

function inChannels(channels: readonly UserChannel[]): string {
  const named = channels.filter(({ channel }) => channel !== null).length;
  return `in ${named}${channels.length >= MOST_CHANNELS ? ' or more' : ''} ${named === 1 ? 'channel' : 'channels'}`;
}
