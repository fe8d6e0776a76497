import { pageNow } from '../../../react/page-clock.ts';
import type { Tone } from '../../../ui/connection-words.ts';
import { Pill } from '../../../ui/pill.tsx';
import { clockTime } from '../../../ui/time-format.ts';
import type { HealthState, Kpis } from '../events.ts';

const WORDS: Record<HealthState, { readonly text: string; readonly tone: Tone }> = {
  healthy: { text: 'Healthy', tone: 'good' },
  degraded: { text: 'Degraded', tone: 'warn' },
  failing: { text: 'Failing', tone: 'bad' },
  unknown: { text: 'Unknown', tone: 'quiet' },
};

export interface HealthBadgeProps {
  readonly kpis: Kpis | undefined;
  /** False: what was healthy a while ago is unknown now. */
  readonly isConnected: boolean;
}

/** The worst that is known, with its reason and when it was measured. */
export function HealthBadge({ kpis, isConnected }: HealthBadgeProps) {
  const { state, reason } = shownHealth(kpis, isConnected);
  const { text, tone } = WORDS[state];
  return (
    <p
      id="tau-ops-kpi-health"
      data-component="HealthBadge"
      data-health-state={state}
      data-health-reason={reason}
      className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line px-4 py-1.5"
    >
      <Pill tone={tone}>{text}</Pill>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere] first-letter:uppercase max-sm:order-last max-sm:basis-full">
        {reason}
      </span>
      {kpis && (
        <span className="shrink-0 text-xs text-muted max-sm:ml-auto">
          as of <time dateTime={kpis.at}>{clockTime(Date.parse(kpis.at), pageNow()).replace(/\.\d+$/, '')}</time>
        </span>
      )}
    </p>
  );
}

/** Without a connection nothing is known of now. */
export function shownHealth(kpis: Kpis | undefined, isConnected: boolean): Kpis['health'] {
  if (!kpis) return { state: 'unknown', reason: 'The figures could not be read yet.' };
  if (isConnected) return kpis.health;
  return { state: 'unknown', reason: 'Not connected: the figures are the last that were received.' };
}
