import { expect, test } from 'vitest';
import type { Cursor } from '../protocol/cursor.ts';
import { Batch } from './batch.ts';
import type { RowSet } from './feed.ts';
import type { FeedRead } from './feed-source.ts';
import type { Log, LogRecord } from './log/log.ts';
import { ManualClock } from './manual-clock.ts';
import { ROW_INTERVAL_MS, RowSource } from './row-source.ts';
import type { SnapshotReader } from './store/snapshot.ts';

const at = (seq: number): Cursor => ({ epoch: 'e', seq, tag: `t${seq}` });

/** A table of keys and the positions they changed at, as a projection would keep it. */
function setUp(begin: 'changed' | 'all' = 'changed') {
  const clock = new ManualClock();
  const records: LogRecord[] = [];
  const rows = new Map<string, number>();
  const reads: number[] = [];
  let trimmed = 0;
  let forgotten = 0;
  let wakes = 0;
  const log = {
    epoch: 'e',
    head: () => at(records.length),
    trimmed: () => at(trimmed),
    // As one whose memory was emptied; nothing here may read records from the disk.
    readRecent: (after: number, limit: number) => (after < forgotten ? undefined : records.slice(after, after + limit)),
    onCommit: () => () => {},
  } as unknown as Log;
  const snapshots = {
    async snapshot([after]: readonly [number]) {
      reads.push(after);
      return { cursor: at(records.length), results: [[...rows].filter(([, changedAt]) => changedAt > after)] };
    },
  } as unknown as SnapshotReader;
  const set: RowSet = {
    queries: (after) => [after] as unknown as ReturnType<RowSet['queries']>,
    encode: ([found = []]) =>
      (found as [string, number][]).map(([key, value]) => ({ type: 'row', text: JSON.stringify({ key, value }) })),
    changedBy: ({ type }) => type !== 'other',
  };
  const source = new RowSource({ log, snapshots, clock, rows: set, begin, wake: () => (wakes += 1) });
  return {
    clock,
    rows,
    reads,
    source,
    wakes: () => wakes,
    trim(through: number) {
      trimmed = through;
    },
    forget(through: number) {
      forgotten = through;
    },
    commit(key: string | undefined) {
      const seq = records.length + 1;
      records.push({ seq, at: 0, type: key ?? 'other', channel: 'c', body: '{}', tag: `t${seq}` });
      if (key !== undefined) rows.set(key, seq);
    },
  };
}

const texts = (found: FeedRead) =>
  found instanceof Batch
    ? found.events.map(({ text, position }) => ({ ...JSON.parse(text), at: position.seq }))
    : found;

test('a reader gets the rows that changed after its position, and only the last of them moves it', async () => {
  const { source, commit } = setUp();
  for (const key of ['a', 'b', 'c', 'a']) commit(key);
  const found = await source.read(at(1));
  expect(texts(found)).toEqual([
    { key: 'a', value: 4, as_of: 'e.4.t4', cursor: 'e.1.t1', at: 1 },
    { key: 'b', value: 2, as_of: 'e.4.t4', cursor: 'e.1.t1', at: 1 },
    { key: 'c', value: 3, as_of: 'e.4.t4', cursor: 'e.4.t4', at: 4 },
  ]);
});

test('readers that were given rows lately are gathered: one read in 250 ms, from the furthest behind of them', async () => {
  const { source, commit, clock, reads, wakes } = setUp();
  commit('a');
  await source.read(at(0));
  commit('b');
  const atOnce = (await source.read(at(1))) as Batch;
  expect(atOnce.to.seq).toBe(2);
  for (let count = 0; count < 10; count += 1) {
    commit('c');
    expect(source.read(at(2))).toBeUndefined();
  }
  const joining = (await source.read(at(0))) as Batch;
  expect(joining.to.seq).toBe(12);
  commit('d');
  expect([source.read(at(2)), source.read(at(12))]).toEqual([joining, undefined]);
  expect([reads, wakes()]).toEqual([[0, 1, 0], 0]);
  clock.advance(ROW_INTERVAL_MS);
  expect(wakes()).toBe(1);
  const gathered = source.read(at(12));
  expect(source.read(at(12))).toBe(gathered);
  expect(((await gathered) as Batch).to.seq).toBe(13);
  expect(reads).toEqual([0, 1, 0, 2]);
});

test('for a reader behind what memory holds, rows are read and no record is: such a read would be nobody’s', async () => {
  const { source, commit, forget, reads } = setUp();
  commit('a');
  for (let count = 0; count < 5; count += 1) commit(undefined);
  forget(6);
  commit(undefined);
  expect(((await source.read(at(1))) as Batch).to.seq).toBe(7);
  expect(reads).toEqual([1]);
});

test('what has nothing to do with the rows costs no read and moves the position on', async () => {
  const { source, commit, reads } = setUp();
  commit('a');
  await source.read(at(0));
  for (let count = 0; count < 5; count += 1) commit(undefined);
  const before = reads.length;
  const found = (await source.read(at(1))) as Batch;
  expect([found.to.seq, found.events.length, reads.length]).toEqual([6, 0, before]);
});

test('rows that retention changed are read although no event speaks of them', async () => {
  const { source, commit, clock, rows, trim } = setUp();
  commit('a');
  commit('b');
  await source.read(at(0));
  clock.advance(ROW_INTERVAL_MS);
  trim(1);
  rows.set('a', 3);
  commit(undefined);
  expect(texts(await source.read(at(2)))).toMatchObject([{ key: 'a', value: 3 }]);
});

test('a reader that retention has overtaken must fetch its snapshot; one that shows all rows begins again', async () => {
  const following = setUp('changed');
  const showing = setUp('all');
  for (const { commit, trim } of [following, showing]) {
    for (const key of ['a', 'b', 'c']) commit(key);
    trim(2);
  }
  expect(await following.source.read(at(1))).toBe('expired');
  expect(texts(await showing.source.read(at(1)))).toHaveLength(3);
});

test('who was shown a state gets no rows from before it', async () => {
  const { source, commit } = setUp('all');
  commit('a');
  expect(texts(await source.readAll(at(0)))).toMatchObject([{ key: 'a', as_of: 'e.1.t1' }]);
  commit('b');
  // What was given out a moment ago serves those who know no more than it says.
  expect(source.readAll(at(1))).toMatchObject({ to: at(1) });
  // This one is read when the position is there already, and that one is under way when it comes about.
  const fresh = source.readAll(at(2));
  commit('c');
  const fresher = source.readAll(at(3));
  expect(await fresh).toMatchObject({ to: at(2) });
  expect(await fresher).toMatchObject({ to: at(3) });
  // A snapshot was ahead of this thread: its commit will wake the reader.
  expect(source.readAll(at(4))).toBeUndefined();
});

test('more rows than a batch may hold make the reader fetch its snapshot', async () => {
  const { source, commit } = setUp();
  for (let count = 0; count < 2_001; count += 1) commit(`key ${count}`);
  expect(await source.read(at(0))).toBe('expired');
  expect(texts(await source.read(at(1)))).toHaveLength(2_000);
});

test('a read that fails fails its readers and no later one', async () => {
  const { source, commit, rows } = setUp();
  commit('a');
  rows.set('a', 1n as unknown as number);
  await expect(source.read(at(0))).rejects.toThrow();
  rows.set('a', 1);
  expect(texts(await source.read(at(0)))).toHaveLength(1);
});
