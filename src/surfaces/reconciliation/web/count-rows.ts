import type { Counts, ReconciliationEvent } from '../events.ts';

/** One key of the two sides. */
export interface CountRow {
  readonly key: string;
  readonly expected: number | undefined;
  readonly actual: number | undefined;
  /** Whether both sides are known and do not agree. */
  readonly differs: boolean;
}

/** Every key of both sides, those that differ first, then by name. */
export function countRows(event: ReconciliationEvent): readonly CountRow[] {
  const expected: Counts | undefined = event.discrepancyDetails?.expected ?? event.expectedCounts;
  const actual: Counts | undefined = event.actualAt === undefined ? undefined : event.counts;
  const keys = new Set([...Object.keys(expected ?? {}), ...Object.keys(actual ?? {})]);
  const hasBoth = expected !== undefined && actual !== undefined;
  return [...keys]
    .map((key) => {
      const sides = { expected: own(expected, key), actual: own(actual, key) };
      return { key, ...sides, differs: hasBoth && sides.expected !== sides.actual };
    })
    .sort((a, b) => Number(b.differs) - Number(a.differs) || (a.key < b.key ? -1 : 1));
}

function own(counts: Counts | undefined, key: string): number | undefined {
  return counts && Object.hasOwn(counts, key) ? counts[key] : undefined;
}
