import type { Outcome } from '../../../engine/outcome.ts';

/** What the outcomes of one thing, in the order they came, do to its row of failures. */
export interface StreakChange {
  /** Whether what was before is over. */
  readonly isNewRow: boolean;
  /** Failures since. */
  readonly failures: number;
}

export const NO_CHANGE: StreakChange = { isNewRow: false, failures: 0 };

/** A failure makes the row longer; anything else ends it. */
export function addOutcome({ isNewRow, failures }: StreakChange, kind: Outcome['kind']): StreakChange {
  switch (kind) {
    case 'failed':
      return { isNewRow, failures: failures + 1 };
    case 'succeeded':
    case 'ended':
      return { isNewRow: true, failures: 0 };
    default:
      return kind satisfies never;
  }
}
