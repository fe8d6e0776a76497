import type { Kpis } from '../events.ts';

/** One card of the grid: what it is called by programs and by people, and what it shows. */
export interface KpiCard {
  readonly name: string;
  readonly label: string;
  readonly read: (kpis: Kpis) => number;
  readonly noteOf: (kpis: Kpis) => string;
}

export const KPI_CARDS: readonly KpiCard[] = [
  {
    name: 'queue-depth',
    label: 'Waiting for the disk',
    read: ({ queue_depth }) => queue_depth,
    noteOf: () => 'not yet stored',
  },
  {
    name: 'failure-streak',
    label: 'Failures in a row',
    read: ({ failure_streak }) => failure_streak.count,
    noteOf: ({ failure_streak }) => failure_streak.of ?? 'nothing is failing',
  },
  {
    name: 'processed-cases',
    label: 'Events processed',
    read: ({ processed_events }) => processed_events,
    noteOf: () => 'since the log began',
  },
  {
    name: 'alert-count',
    label: 'Open alerts',
    read: ({ open_alerts }) => open_alerts,
    noteOf: () => 'raised, not cleared',
  },
  {
    name: 'widget-count',
    label: 'Clients',
    read: ({ clients }) => clients.connected,
    noteOf: ({ clients }) => lagWords(clients),
  },
  {
    name: 'timeline-cycles',
    label: 'Events per minute',
    read: ({ events_per_minute }) => events_per_minute,
    noteOf: () => 'in the last 60 seconds',
  },
];

function lagWords({ connected, slowest_lag }: Kpis['clients']): string {
  if (connected === 0) return 'nobody reads a feed';
  if (slowest_lag === 0) return 'all have everything';
  return `the slowest ${slowest_lag.toLocaleString('en')} behind`;
}
