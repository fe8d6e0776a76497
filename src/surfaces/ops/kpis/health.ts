import type { LogHealth } from '../../../engine/log/log.ts';
import type { OpenAlerts } from '../alerts/alert-queries.ts';
import type { Ingestion, Kpis } from '../events.ts';
import type { StoredFailures } from './stored-kpis.ts';

/** Failures in a row from which something is not just unlucky. */
const FAILING_FROM = 3;

export interface HealthFacts {
  readonly failures: StoredFailures;
  readonly alerts: OpenAlerts;
  readonly ingestion: Ingestion;
  readonly log: LogHealth;
}

/** The worst that is known; what was never measured is neither good nor bad. */
export function healthOf({ failures, alerts, ingestion, log }: HealthFacts): Kpis['health'] {
  const { streak, hasOutcome } = failures;
  if (streak.count >= FAILING_FROM) {
    return { state: 'failing', reason: `${streak.of} has failed ${streak.count} times in a row.` };
  }
  const causes = [
    ...(log.writable ? [] : [`The log takes no events: ${log.reason ?? 'the disk refuses'}.`]),
    ...(streak.count > 0 ? [`${streak.of} has failed ${times(streak.count)}.`] : []),
    ...(alerts.critical > 0 ? [`${open(alerts.critical, 'critical')}.`] : []),
    ...(alerts.warning > 0 ? [`${open(alerts.warning, 'warning')}.`] : []),
    ...(ingestion.mode === 'paused' ? [`${ingestion.by ?? 'Somebody'} has paused ingestion.`] : []),
  ];
  if (causes.length > 0) return { state: 'degraded', reason: causes.join(' ') };
  if (!hasOutcome) return { state: 'unknown', reason: 'Nothing has been compared, run or validated yet.' };
  return { state: 'healthy', reason: 'Nothing fails, no alert is open and events are taken in.' };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times in a row`;
}

function open(count: number, severity: string): string {
  return count === 1 ? `1 ${severity} alert is open` : `${count} ${severity} alerts are open`;
}
