import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followLog } from './follow-log.ts';
import type { Log } from './log.ts';
import { SqliteLog } from './sqlite/sqlite-log.ts';

let folder: string;
let log: SqliteLog;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-follow-'));
  // A tail of two: most of what is read comes from the disk.
  log = await SqliteLog.open({ path: join(folder, 'millrace.db'), tail: { maxRecords: 2 } });
});

afterEach(async () => {
  await log[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const append = (count: number) =>
  log.append(Array.from({ length: count }, () => ({ type: 't', channel: 'c', body: '{}' })));

function follow(after: number, source: Log = log) {
  const seen: number[] = [];
  const lost: unknown[] = [];
  const following = followLog({
    log: source,
    after,
    onRecords: (records) => seen.push(...records.map(({ seq }) => seq)),
    onLost: (reason) => lost.push(reason),
  });
  return { seen, lost, following };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

it('gives every record after the position once, in order, what is committed meanwhile included', async () => {
  await append(600);
  const { seen, lost, following } = follow(10);
  await Promise.all(range(1, 20).map(() => append(5)));
  await expect.poll(() => seen.length).toBe(690);
  expect(seen).toEqual(range(11, 700));
  expect(lost).toEqual([]);
  following[Symbol.dispose]();
});

it('gives nothing once it was ended, also of a read that was under way', async () => {
  await append(100);
  const { seen, lost, following } = follow(0);
  following[Symbol.dispose]();
  await append(1);
  await log.read(0, 10);
  expect({ seen, lost }).toEqual({ seen: [], lost: [] });
});

it('says so once when records are gone, and ends', async () => {
  await append(3);
  const gone = new Proxy(log, {
    get(target, key) {
      if (key === 'read') return () => ({ kind: 'expired' });
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const { seen, lost } = follow(0, gone);
  await append(1);
  expect(seen).toEqual([]);
  expect(lost).toEqual([new Error('retention was faster')]);
});
