import type { CheckedValue, RangeCheck } from '../../engine/self-check.ts';
import type { Query, SnapshotReader } from '../../engine/store/snapshot.ts';
import type { Counts } from './events.ts';

/** Positions of the log counted together. */
const BLOCK = 5_000;
/** Blocks counted in one round. */
const BLOCKS_PER_ROUND = 12;

interface Bounds {
  readonly head: number;
  readonly trimmed: number;
}

interface Value {
  readonly value: number;
}

/** The part of a check's figures that a round has seen; both sides are as of the same moment. */
export interface Measured {
  readonly expected: Counts;
  readonly actual: Counts;
}

/**
 * Totals of a {@link RangeCheck} with bounded work per round. The log is counted in blocks; what a block held when it was
 * last counted is remembered. Each round counts the newest and the oldest block anew, then blocks that were never counted,
 * newest first, then goes on through the others in turn: a loss in any of them shows within one such turn.
 */
export class RangeTotals {
  readonly #check: RangeCheck;
  readonly #blocks = new Map<number, { readonly expected: number; readonly actual: number }>();
  #newest = -1;
  #sweepAt = Number.POSITIVE_INFINITY;

  constructor(check: RangeCheck) {
    this.#check = check;
  }

  /** `undefined` when retention has moved on so far meanwhile that the counts don't belong together. */
  async measure(snapshots: SnapshotReader, { head, trimmed }: Bounds): Promise<Measured | undefined> {
    const { name, total } = this.#check;
    const oldest = Math.floor(trimmed / BLOCK);
    const newest = Math.floor(head / BLOCK);
    const plan = this.#plan(oldest, newest);
    const { results } = await snapshots.snapshot<(Value & CheckedValue)[]>([
      { sql: `SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'trimmed_seq'), 0) AS value` },
      total,
      ...plan.flatMap((block) => this.#queries(block, oldest, newest)),
    ]);
    const [trimmedNow, totalNow, ...counts] = results.map(([row]) => row?.value ?? 0);
    if (Math.floor((trimmedNow ?? 0) / BLOCK) !== oldest) return undefined;
    for (const [index, block] of plan.entries()) {
      this.#blocks.set(block, { expected: counts[2 * index] ?? 0, actual: counts[2 * index + 1] ?? 0 });
    }
    let expected = 0;
    let actual = 0;
    for (const counted of this.#blocks.values()) {
      expected += counted.expected;
      actual += counted.actual;
    }
    if (this.#blocks.size <= newest - oldest) return { expected: { [name]: expected }, actual: { [name]: actual } };
    // Every block was counted: only now there is something to compare the shown total with.
    return {
      expected: { [name]: expected, total: expected },
      actual: { [name]: actual, total: totalNow ?? 0 },
    };
  }

  #plan(oldest: number, newest: number): number[] {
    for (const block of this.#blocks.keys()) if (block < oldest || block > newest) this.#blocks.delete(block);
    // It was counted before it was full.
    if (this.#newest !== newest) this.#blocks.delete(this.#newest);
    this.#newest = newest;
    const plan = new Set([newest, oldest]);
    for (let block = newest; block > oldest && plan.size < BLOCKS_PER_ROUND; block -= 1) {
      if (!this.#blocks.has(block)) plan.add(block);
    }
    const room = Math.min(BLOCKS_PER_ROUND, newest - oldest + 1);
    while (plan.size < room) {
      this.#sweepAt = this.#sweepAt <= oldest || this.#sweepAt > newest ? newest : this.#sweepAt - 1;
      plan.add(this.#sweepAt);
    }
    return [...plan];
  }

  /** Open at both ends, so that rows outside what the log holds are counted too. */
  #queries(block: number, oldest: number, newest: number): readonly Query[] {
    const after = block === oldest ? -1 : block * BLOCK - 1;
    const through = block === newest ? Number.MAX_SAFE_INTEGER : (block + 1) * BLOCK - 1;
    return [this.#check.expected, this.#check.actual].map((sql) => ({ sql, params: [after, through] }));
  }
}
