import { useNow } from '../../../react/use-now.ts';
import { StatCard } from '../../../ui/stat-card.tsx';
import { age } from '../../../ui/time-format.ts';
import type { ReconciliationEvent } from '../events.ts';
import { shownStatus } from './shown-status.ts';

export interface ReconciliationStatsProps {
  readonly services: readonly ReconciliationEvent[];
  readonly silentSince: number | undefined;
  readonly isLoaded: boolean;
}

/** The page at a glance. */
export function ReconciliationStats({ services, silentSince, isLoaded }: ReconciliationStatsProps) {
  const now = useNow(1_000);
  const statuses = services.map((event) => shownStatus(event, now, silentSince).status);
  const count = (wanted: string) => (isLoaded ? statuses.filter((status) => status === wanted).length : '–');
  const newest = Math.max(...services.map(({ at }) => Date.parse(at)));
  return (
    <dl className="grid grid-cols-4 border-b border-line bg-surface [&>*]:border-line [&>*+*]:border-l">
      <StatCard label="Verified" value={count('verified')} />
      <StatCard label="Stale" value={count('stale')} />
      <StatCard label="Differing" value={count('discrepancy')} />
      <StatCard label="Updated" value={services.length === 0 ? '–' : age(newest, now)} />
    </dl>
  );
}
