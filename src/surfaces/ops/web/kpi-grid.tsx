import { memo } from 'react';
import { ChangedValue } from '../../../ui/changed-value.tsx';
import { StatCard } from '../../../ui/stat-card.tsx';
import type { Kpis } from '../events.ts';
import { HealthBadge } from './health-badge.tsx';
import { KPI_CARDS } from './kpi-cards.ts';

export interface KpiGridProps {
  readonly id: string;
  /** The newest that were measured; undefined before the first. */
  readonly kpis: Kpis | undefined;
  /** False: they are not renewed. */
  readonly isConnected: boolean;
}

/** How things stand, in a word and in six figures that every heartbeat renews. */
export const KpiGrid = memo(function KpiGrid({ id, kpis, isConnected }: KpiGridProps) {
  return (
    <section
      id={id}
      aria-label="Key figures"
      data-kpi-card-count={KPI_CARDS.length}
      className="shrink-0 border-b border-line bg-surface"
    >
      <HealthBadge kpis={kpis} isConnected={isConnected} />
      <dl className="-mb-px grid grid-cols-2 overflow-hidden sm:grid-cols-3 xl:grid-cols-6 [&>*]:-ml-px [&>*]:border-b [&>*]:border-l [&>*]:border-line">
        {KPI_CARDS.map(({ name, label, read, noteOf }) => (
          <StatCard
            key={name}
            label={label}
            value={kpis ? <ChangedValue text={read(kpis).toLocaleString('en')} /> : '–'}
            note={kpis ? noteOf(kpis) : 'not read yet'}
            marks={{
              'data-component': 'StatCard',
              'data-kpi-card': name,
              'data-kpi-value': kpis ? read(kpis) : 'unknown',
            }}
          />
        ))}
      </dl>
    </section>
  );
});
