import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { ChangedValue } from '../../../ui/changed-value.tsx';
import { StatCard } from '../../../ui/stat-card.tsx';
import type { Totals } from './message-metrics.ts';

const CARDS = [
  { label: 'Messages', member: 'total_messages', to: '/messages' },
  { label: 'Channels', member: 'total_channels', to: '/channels' },
  { label: 'Users', member: 'total_users', to: '/users' },
] as const;

/** The three totals, marked for a moment when they change (specs/003 FR-001). */
export const HomeMetrics = memo(
  function HomeMetrics({ totals }: { readonly totals: Totals | undefined }) {
    return (
      <dl aria-label="Totals" className="grid grid-cols-3 border-b border-line [&>*+*]:border-l [&>*]:border-line">
        {CARDS.map(({ label, member, to }) => (
          <StatCard
            key={label}
            label={
              <Link to={to} className="hover:text-text hover:underline">
                {label}
              </Link>
            }
            value={totals ? <ChangedValue text={totals[member].toLocaleString('en')} /> : '–'}
          />
        ))}
      </dl>
    );
  },
  (a, b) => CARDS.every(({ member }) => a.totals?.[member] === b.totals?.[member]),
);
