import { Link } from '@tanstack/react-router';
import { type DataColumn, DataTable } from '../../../ui/data-table.tsx';
import type { UserChannel } from '../events.ts';

const COLUMNS: readonly DataColumn<UserChannel>[] = [
  {
    title: 'Channel',
    className: 'max-w-0 w-full',
    render: ({ channel }) =>
      channel === null ? (
        <span className="text-muted italic">deleted channels</span>
      ) : (
        <Link
          to="/messages"
          search={{ channel }}
          preload={false}
          dir="auto"
          className="block truncate font-medium underline-offset-2 hover:underline"
        >
          {channel}
        </Link>
      ),
  },
  {
    title: 'Messages',
    isNumeric: true,
    className: 'w-px whitespace-nowrap',
    render: ({ message_count }) => <span className="tabular-nums">{message_count.toLocaleString('en')}</span>,
  },
];

/** Where the user writes, most messages first. */
export function UserChannels({ channels }: { readonly channels: readonly UserChannel[] }) {
  return (
    <section
      aria-label="Channels"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="shrink-0 overflow-y-auto border-line bg-surface outline-offset-[-2px] max-lg:max-h-44 max-lg:border-b lg:border-r"
    >
      <DataTable label="Channels" columns={COLUMNS} rows={channels} keyOf={({ channel }) => channel ?? ''} />
    </section>
  );
}
