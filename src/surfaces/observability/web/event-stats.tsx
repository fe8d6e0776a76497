import { memo } from 'react';
import { useConnection } from '../../../react/use-connection.ts';
import { useNow } from '../../../react/use-now.ts';
import { useSampled } from '../../../react/use-sampled.ts';
import { StatCard } from '../../../ui/stat-card.tsx';
import { age } from '../../../ui/time-format.ts';
import { type Activity, formatRate } from './activity.ts';
import type { EventsView } from './events-model.ts';
import { SAMPLE_MS } from './sample-ms.ts';
import { ACTIVE_MS } from './session-list.tsx';

export interface EventStatsProps {
  readonly read: () => EventsView;
  readonly activity: Activity;
}

/** The numbers of the page at a glance. */
export const EventStats = memo(function EventStats({ read, activity }: EventStatsProps) {
  const view = useSampled(read, SAMPLE_MS);
  const now = useNow(1_000);
  // Without the stream nobody knows the rate; counting on would let it sink to zero.
  const isLive = useConnection()?.connectionStatus === 'connected';
  const active = view.sessions.filter((session) => now - Date.parse(session.last_at) < ACTIVE_MS).length;
  const newest = view.sessions[0]?.last_at ?? view.events[0]?.created_at;
  return (
    <dl className="grid h-full grid-cols-4 border-line bg-surface lg:grid-cols-2 lg:[&>*:nth-child(-n+2)]:border-b [&>*]:border-line lg:[&>*:nth-child(odd)]:border-r max-lg:[&>*+*]:border-l">
      <StatCard label="Events" value={view.total.toLocaleString('en')} />
      <StatCard label="Per second" value={isLive ? formatRate(activity.rate(now, 10)) : '–'} />
      <StatCard label="Active" value={active} />
      <StatCard label="Last event" value={newest === undefined ? '–' : age(Date.parse(newest), now)} />
    </dl>
  );
});
