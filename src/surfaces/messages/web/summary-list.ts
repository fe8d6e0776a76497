import type { Summary } from './summary.ts';
import { compareSortValues, compareSummaries, matchesName, type SummaryQuery } from './summary-search.ts';

/** Most rows a list holds: the most that the server gives in one answer. */
export const LIST_LIMIT = 1_000;
/** A list that has lost more than this share of what it could show is read again. */
const THIN = 0.9;

/** One answer of the server. */
export interface SummaryPage {
  readonly rows: readonly Summary[];
  /** Everything that matches. */
  readonly total: number;
  readonly cursor: string;
  readonly asOf: number;
}

/**
 * The first rows of an order, kept true by rows of newest values. Values change at once; the order only when
 * {@link reorder} is called, so that nothing moves while somebody aims at it.
 */
export class SummaryList {
  readonly #query: SummaryQuery;
  readonly #compare: (a: Summary, b: Summary) => number;
  readonly #limit: number;
  readonly #known = new Map<string, Summary>();
  #order: readonly string[] = [];
  #total: number;
  /** The last row that was loaded: of rows behind it not all are known. Undefined when all are. */
  #edge: Summary | undefined;
  #isOutOfOrder = false;

  constructor(query: SummaryQuery, page: Pick<SummaryPage, 'rows' | 'total'>, limit = LIST_LIMIT) {
    this.#query = query;
    this.#compare = compareSummaries(query);
    this.#limit = limit;
    this.#total = page.total;
    this.#edge = page.rows.length < page.total ? page.rows.at(-1) : undefined;
    for (const row of page.rows) this.#known.set(row.name, row);
    this.#isOutOfOrder = true;
    this.reorder();
  }

  /** The same rows in another order; only a complete list knows which ones come first in it. */
  inOrder(query: SummaryQuery): SummaryList {
    const rows = [...this.#known.values()];
    return new SummaryList(query, { rows, total: rows.length }, this.#limit);
  }

  /** In the order of the last {@link reorder}, with the values of now. */
  get rows(): readonly Summary[] {
    return this.#order.flatMap((name) => this.#known.get(name) ?? []);
  }

  /** Whether every row that matches is in the list. */
  get isComplete(): boolean {
    return this.#edge === undefined;
  }

  /** How many match: counted while all are in the list, else as the server said. */
  get total(): number {
    if (!this.isComplete) return this.#total;
    let count = 0;
    for (const { unavailable } of this.#known.values()) if (unavailable === undefined) count += 1;
    return count;
  }

  get isOutOfOrder(): boolean {
    return this.#isOutOfOrder;
  }

  /** So many rows came that waiting for {@link reorder} costs too much. */
  get isOverfull(): boolean {
    return this.#known.size > 2 * this.#limit;
  }

  /** So many rows left the list that others, which are not known, would stand in it. */
  get isThin(): boolean {
    return !this.isComplete && this.#order.length < this.#limit * THIN;
  }

  /** Takes newest values; returns whether any was new. `at`: when, in milliseconds since 1970. */
  take(rows: readonly Summary[], at: number): boolean {
    let hasChanged = false;
    for (const row of rows) {
      const known = this.#known.get(row.name);
      if (!known) hasChanged = this.#insert(row, at) || hasChanged;
      else if (row.asOf > known.asOf) {
        hasChanged = true;
        this.#replace(known, row, at);
      }
    }
    return hasChanged;
  }

  #insert(row: Summary, at: number): boolean {
    if (row.unavailable !== undefined || !matchesName(row, this.#query.q)) return false;
    if (this.#isBehindEdge(row)) return false;
    this.#known.set(row.name, { ...row, changes: 1, changedAt: at });
    this.#isOutOfOrder = true;
    return true;
  }

  #replace(known: Summary, row: Summary, at: number): void {
    // A deleted one keeps its place and what was known of it.
    const values = row.unavailable === undefined ? row : { ...known, unavailable: row.unavailable, asOf: row.asOf };
    this.#known.set(row.name, { ...values, changes: known.changes + 1, changedAt: at });
    if (this.#compare(known, values) !== 0) this.#isOutOfOrder = true;
  }

  /** Puts every row where it belongs, and lets go of those behind the last. */
  reorder(): void {
    if (!this.#isOutOfOrder) return;
    this.#isOutOfOrder = false;
    const edge = this.#edge;
    const sorted = [...this.#known.values()].sort(this.#compare);
    const kept = sorted.filter((row) => row.changes === 0 || !this.#isBehindEdge(row)).slice(0, this.#limit);
    if (kept.length < sorted.length) {
      this.#total = Math.max(this.#total, this.total);
      this.#edge = edge && kept.length < this.#limit ? edge : kept.at(-1);
      this.#known.clear();
      for (const row of kept) this.#known.set(row.name, row);
    }
    this.#order = kept.map(({ name }) => name);
  }

  /** Whether rows that are not known would stand before this one. */
  #isBehindEdge(row: Summary): boolean {
    return this.#edge !== undefined && compareSortValues(this.#query)(row, this.#edge) > 0;
  }
}
