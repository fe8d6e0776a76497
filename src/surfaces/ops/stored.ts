import type { Query, SnapshotReader } from '../../engine/store/snapshot.ts';
import type { Cursor } from '../../protocol/cursor.ts';

/** Something that tables hold, and that is read together with other parts. */
export interface Stored<Value> {
  readonly queries: readonly Query[];
  /** Makes the value of the rows, which come in the order of `queries`. */
  of(results: readonly (readonly unknown[])[]): Value;
}

/** The value of every part. */
export type ValuesOf<Parts extends StoredParts> = {
  readonly [Name in keyof Parts]: Parts[Name] extends Stored<infer Value> ? Value : never;
};

export type StoredParts = Readonly<Record<string, Stored<unknown>>>;

/** Reads all parts in one snapshot, and says which position they are as of. */
export async function readTogether<Parts extends StoredParts>(
  snapshots: SnapshotReader,
  parts: Parts,
): Promise<{ readonly cursor: Cursor; readonly values: ValuesOf<Parts> }> {
  const { cursor, results } = await snapshots.snapshot<unknown[]>(Object.values(parts).flatMap((part) => part.queries));
  let used = 0;
  const values = Object.entries(parts).map(([name, part]) => {
    const own = results.slice(used, used + part.queries.length);
    used += part.queries.length;
    return [name, part.of(own)];
  });
  return { cursor, values: Object.fromEntries(values) as ValuesOf<Parts> };
}
