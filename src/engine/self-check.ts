import type { Query } from './store/snapshot.ts';

/** One figure of a check's query. */
export interface CheckedValue {
  readonly name: string;
  readonly value: number;
}

/** Compares figures that are cheap to read whatever the size of the log; each query gives rows of {@link CheckedValue}. */
export interface WholeCheck {
  readonly kind: 'whole';
  /** The name under which the result is shown, for example `millrace/projections`. */
  readonly service: string;
  readonly expected: Query;
  readonly actual: Query;
}

/**
 * Compares numbers of rows that grow with the log. The statements count in `seq > ? AND seq <= ?` and give one row with
 * `value`; the checker asks for a bounded part of the log at a time.
 */
export interface RangeCheck {
  readonly kind: 'range';
  readonly service: string;
  /** The name of the figure, for example `events`. */
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  /** The total as it is shown to users: one row of {@link CheckedValue}, cheap to read. It must equal `expected`. */
  readonly total: Query;
}

/** Two ways to the same figures, read in one snapshot. They differ only when something is wrong. */
export type SelfCheck = WholeCheck | RangeCheck;
