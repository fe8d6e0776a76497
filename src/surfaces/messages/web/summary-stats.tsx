import { StatCard } from '../../../ui/stat-card.tsx';
import { clockMinute } from '../../../ui/time-format.ts';
import { LiveAge, useIsOlder } from './live-age.tsx';
import type { SummaryKind } from './summary-kind.ts';
import type { SummaryView } from './summary-model.ts';

/** Keeps the line, so that the cards of a row stand alike. */
const NO_NOTE = '\u00a0';
/** Quiet for so long is said to be idle. */
const IDLE_MS = 60_000;

export interface SummaryStatsProps {
  readonly kind: SummaryKind;
  readonly metrics: SummaryView['metrics'];
  readonly isLive: boolean;
}

/** The page at a glance: how many, how much, and since when it is quiet. */
export function SummaryStats({ kind, metrics, isLive }: SummaryStatsProps) {
  const newest = metrics?.last_message_at ? Date.parse(metrics.last_message_at) : undefined;
  return (
    <dl className="grid shrink-0 grid-cols-3 border-b border-line bg-surface [&>*]:border-line [&>*+*]:border-l">
      <StatCard label={kind.title} value={<Figure value={metrics && kind.totalOf(metrics)} />} note={NO_NOTE} />
      <StatCard label="Messages" value={<Figure value={metrics?.total_messages} />} note={NO_NOTE} />
      <StatCard label="Newest message" value={<Ago at={newest} />} note={<Quiet newest={newest} isLive={isLive} />} />
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

/** Says that nothing is broken: nothing has come. */
export function Quiet({ newest, isLive }: { readonly newest: number | undefined; readonly isLive: boolean }) {
  const isIdle = useIsOlder(newest, IDLE_MS);
  if (newest === undefined) return isLive ? 'Waiting for the first' : NO_NOTE;
  if (!isLive) return 'As last heard';
  return isIdle ? `Idle since ${clockMinute(newest, Date.now())}` : 'Live';
}
