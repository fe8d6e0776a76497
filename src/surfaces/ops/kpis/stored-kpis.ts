import { storedOpenAlerts } from '../alerts/alert-queries.ts';
import type { Kpis } from '../events.ts';
import { storedIngestion } from '../ingestion/projection.ts';
import type { Stored, ValuesOf } from '../stored.ts';

export interface StoredFailures {
  readonly streak: Kpis['failure_streak'];
  /** Whether anything has had an outcome yet. */
  readonly hasOutcome: boolean;
}

/** What of the KPIs is in tables, as of `now` in wall-clock milliseconds. */
export function storedKpis(now: number) {
  return { failures: storedFailures(now), alerts: storedOpenAlerts, ingestion: storedIngestion };
}

export type StoredKpis = ValuesOf<ReturnType<typeof storedKpis>>;

function storedFailures(now: number): Stored<StoredFailures> {
  return {
    queries: [
      {
        sql: `SELECT name, failures FROM ops_streak WHERE lapses_at IS NULL OR lapses_at > ?
              ORDER BY failures DESC, last_seq DESC LIMIT 1`,
        params: [now],
      },
      { sql: 'SELECT 1 FROM ops_outcome' },
    ],
    of([streaks = [], outcomes = []]) {
      const [longest] = streaks as readonly { readonly name: string; readonly failures: number }[];
      const streak = longest ? { count: longest.failures, of: longest.name } : { count: 0, of: null };
      return { streak, hasOutcome: outcomes.length > 0 };
    },
  };
}
