import { IdleNote } from '../../../ui/idle-note.tsx';
import { StatCard } from '../../../ui/stat-card.tsx';
import { LiveAge } from './live-age.tsx';
import type { SummaryKind } from './summary-kind.ts';
import type { SummaryView } from './summary-model.ts';

/** Keeps the line, so that the cards of a row stand alike. */
const NO_NOTE = '\u00a0';

export interface SummaryStatsProps {
  readonly kind: SummaryKind;
  readonly metrics: SummaryView['metrics'];
}

/** The page at a glance: how many, how much, and since when it is quiet. */
export function SummaryStats({ kind, metrics }: SummaryStatsProps) {
  const newest = metrics?.last_message_at ? Date.parse(metrics.last_message_at) : undefined;
  return (
    <dl className="grid shrink-0 grid-cols-3 border-b border-line bg-surface [&>*]:border-line [&>*+*]:border-l">
      <StatCard label={kind.title} value={<Figure value={metrics && kind.totalOf(metrics)} />} note={NO_NOTE} />
      <StatCard label="Messages" value={<Figure value={metrics?.total_messages} />} note={NO_NOTE} />
      <StatCard
        label="Newest message"
        value={<Ago at={newest} />}
        note={<IdleNote of="message" lastAt={newest} isBrief />}
      />
    </dl>
  );
}

/** All digits of a number have to fit on a small screen too. */
export function Figure({ value }: { readonly value: number | undefined }) {
  return (
    <span className="tabular-nums max-sm:text-base">{value === undefined ? '–' : value.toLocaleString('en')}</span>
  );
}

/** How long ago, beside figures. */
export function Ago({ at }: { readonly at: number | undefined }) {
  return <span className="max-sm:text-base">{at === undefined ? '–' : <LiveAge at={at} />}</span>;
}
