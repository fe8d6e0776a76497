import type { Query } from '../../engine/store/snapshot.ts';
import type { ProposalDetail } from './events.ts';

/** What runs add to a proposal. */
export type RunParts = Pick<
  ProposalDetail,
  'validation' | 'is_iterating' | 'runs' | 'iterations' | 'output' | 'streamed_text'
>;

/** How reads of proposals learn of runs, in the same snapshot. */
export interface RunReads {
  /** For these proposals; `isDetail`: also what only one proposal's page shows. */
  queries(ids: readonly string[], isDetail: boolean): readonly Query[];
  /** Of one of them, from the rows of the queries, in their order. */
  parts(id: string, results: readonly (readonly unknown[])[]): RunParts;
}
