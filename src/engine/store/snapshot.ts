import type { Cursor } from '../../protocol/cursor.ts';
import type { SqlValue } from './projection.ts';

/** One read-only statement. User input goes into `params`, never into `sql`. */
export interface Query {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

/** The rows of every query, read together with the log position they are as of. */
export interface Snapshot<Rows extends readonly unknown[]> {
  readonly cursor: Cursor;
  readonly results: { readonly [Index in keyof Rows]: readonly Rows[Index][] };
}

/** Reads projections off the serving thread. */
export interface SnapshotReader {
  /** Runs all queries in one read transaction. `Rows` lists the row type of each query, in order. */
  snapshot<Rows extends readonly unknown[]>(
    queries: { readonly [Index in keyof Rows]: Query },
  ): Promise<Snapshot<Rows>>;
}
