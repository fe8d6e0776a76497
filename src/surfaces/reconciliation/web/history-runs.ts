import type { ReconciliationEvent } from '../events.ts';

/** Updates in a row that said the same. */
export interface HistoryRun {
  readonly newest: ReconciliationEvent;
  /** When the oldest of them was committed. */
  readonly since: string;
  readonly count: number;
}

/** Newest first; what did not change is one run. */
export function historyRuns(newestFirst: readonly ReconciliationEvent[]): readonly HistoryRun[] {
  const runs: { newest: ReconciliationEvent; since: string; count: number }[] = [];
  for (const event of newestFirst) {
    const last = runs.at(-1);
    if (last && isSame(last.newest, event)) {
      last.since = event.at;
      last.count += 1;
    } else runs.push({ newest: event, since: event.at, count: 1 });
  }
  return runs;
}

function isSame(a: ReconciliationEvent, b: ReconciliationEvent): boolean {
  return a.status === b.status && a.staleReason === b.staleReason && differences(a) === differences(b);
}

function differences({ discrepancyDetails }: ReconciliationEvent): string {
  if (!discrepancyDetails) return '';
  const { expected, actual, missingJobIds } = discrepancyDetails;
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return JSON.stringify([keys.filter((key) => expected[key] !== actual[key]), missingJobIds]);
}
