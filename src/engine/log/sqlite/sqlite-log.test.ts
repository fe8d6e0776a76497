import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cursor } from '../../../protocol/cursor.ts';
import type { LogSlice } from '../log.ts';
import { openForWriting } from './database.ts';
import { SqliteLog, type SqliteLogOptions } from './sqlite-log.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  path = join(folder, 'millrace.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: Partial<SqliteLogOptions> = {}) => SqliteLog.open({ path, ...options });
const event = (text: string) => ({ type: 'test.said', channel: 'test', body: JSON.stringify({ text }) });
const appendMany = (log: SqliteLog, count: number) =>
  log.append(Array.from({ length: count }, (_, index) => event(`${index}`)));

async function texts(slice: LogSlice | Promise<LogSlice>): Promise<string[] | 'expired'> {
  const found = await slice;
  return found.kind === 'expired' ? 'expired' : found.records.map(({ body }) => JSON.parse(body).text);
}

test('numbers rise by one per event over concurrent appends, and survive a restart', async () => {
  let head: Cursor;
  {
    await using log = await open();
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => log.append([event(`${index}`)])));
    expect(results.map(({ records }) => records[0]?.seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    head = log.head();
  }
  await using reopened = await open();
  expect(reopened.head()).toEqual(head);
  const { records } = await reopened.append([event('next')]);
  expect(records[0]?.seq).toBe(51);
});

test('a rejected append burns no number', async () => {
  await using log = await open();
  await log.append([event('a')], { idempotency: { key: 'k', digest: 'a' } });
  await expect(log.append([event('b')], { idempotency: { key: 'k', digest: 'b' } })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
  const { records } = await log.append([event('c')]);
  expect(records[0]?.seq).toBe(2);
});

test('the same key and digest return the first records again, also when both arrive together', async () => {
  await using log = await open();
  const idempotency = { key: 'k', digest: 'd' };
  const [first, second] = await Promise.all([
    log.append([event('a')], { idempotency }),
    log.append([event('a')], { idempotency }),
  ]);
  expect(first.repeated).toBe(0);
  expect(second).toEqual({ records: first.records, repeated: 1 });
  expect(log.head().seq).toBe(1);
});

test('an event with a known key is not stored again; the others of its append are', async () => {
  await using log = await open();
  const keyed = (text: string, digest = text) => ({ ...event(text), idempotency: { key: text, digest } });
  const first = await log.append([keyed('a'), event('loose'), keyed('b')]);
  const second = await log.append([keyed('b'), keyed('c'), keyed('c'), event('loose'), keyed('a')]);
  expect(first).toMatchObject({ repeated: 0, records: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
  expect(second).toMatchObject({
    repeated: 3,
    records: [{ seq: 3 }, { seq: 4 }, { seq: 4 }, { seq: 5 }, { seq: 1 }],
  });
  expect(await texts(log.read(0, 100))).toEqual(['a', 'loose', 'b', 'c', 'loose']);
  expect(log.head().seq).toBe(5);
});

test('an event whose key was used with another digest fails its whole append, also within one append', async () => {
  await using log = await open();
  const keyed = (digest: string) => ({ ...event(digest), idempotency: { key: 'k', digest } });
  await expect(log.append([keyed('x'), keyed('y')])).rejects.toMatchObject({ code: 'idempotency_conflict' });
  const { records } = await log.append([keyed('a')]);
  await expect(log.append([event('before'), keyed('b')])).rejects.toMatchObject({ code: 'idempotency_conflict' });
  expect(records[0]?.seq).toBe(1);
  expect(log.head().seq).toBe(1);
});

test('events with the same key that arrive together in two appends are stored once', async () => {
  await using log = await open();
  const keyed = { ...event('a'), idempotency: { key: 'k', digest: 'd' } };
  const [first, second] = await Promise.all([log.append([keyed]), log.append([event('x'), keyed])]);
  expect(first.repeated).toBe(0);
  expect(second).toMatchObject({ repeated: 1, records: [{ seq: 2 }, { seq: 1 }] });
});

test('reads are the same from memory and from disk', async () => {
  await using log = await open({ tail: { maxRecords: 10 } });
  await appendMany(log, 30);
  expect(log.read(25, 100)).not.toBeInstanceOf(Promise);
  const fromDisk = log.read(5, 3);
  expect(fromDisk).toBeInstanceOf(Promise);
  expect(await texts(fromDisk)).toEqual(['5', '6', '7']);
  expect(await texts(log.read(25, 100))).toEqual(['25', '26', '27', '28', '29']);
  expect(await texts(log.read(30, 100))).toEqual([]);
});

test('listeners are told after the head has moved', async () => {
  await using log = await open();
  const heads: number[] = [];
  const stop = log.onCommit(() => heads.push(log.head().seq));
  await appendMany(log, 3);
  stop();
  await appendMany(log, 3);
  expect(heads).toEqual([3]);
});

test('too many waiting events are refused and the queue is usable again afterwards', async () => {
  await using log = await open({ maxQueuedEvents: 10 });
  const [taken, refused] = await Promise.allSettled([appendMany(log, 10), appendMany(log, 1)]);
  expect(taken.status).toBe('fulfilled');
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'too_many_requests', retryAfterS: 1 } });
  await appendMany(log, 10);
  expect(log.head().seq).toBe(20);
});

test('while appends are refused, whoever asks is told so before the work of making one', async () => {
  await using log = await open({ maxQueuedEvents: 8 });
  const taken = appendMany(log, 8);
  expect(() => log.assertRoom()).not.toThrow();
  await expect(appendMany(log, 1)).rejects.toMatchObject({ code: 'too_many_requests' });
  expect(() => log.assertRoom()).toThrow(expect.objectContaining({ code: 'too_many_requests', retryAfterS: 1 }));
  await taken;
  expect(() => log.assertRoom()).not.toThrow();
});

test('a batch larger than the queue is taken when nothing else waits', async () => {
  await using log = await open({ maxQueuedEvents: 10 });
  await appendMany(log, 100);
  expect(log.head().seq).toBe(100);
});

test('each answer to a cursor', async () => {
  await using log = await open();
  const { records } = await appendMany(log, 3);
  const { epoch } = log;
  const tag = records[1]?.tag ?? '';
  const head = log.head();
  expect(await log.resolve('latest')).toEqual({ kind: 'resume', cursor: head });
  expect(await log.resolve('earliest')).toEqual({ kind: 'resume', cursor: { epoch, seq: 0, tag: '0' } });
  expect(await log.resolve({ epoch, seq: 2, tag })).toEqual({ kind: 'resume', cursor: { epoch, seq: 2, tag } });
  expect(await log.resolve({ epoch, seq: 4, tag })).toEqual({ kind: 'reset', reason: 'cursor_future', head });
  expect(await log.resolve({ epoch: 'other', seq: 2, tag })).toEqual({ kind: 'reset', reason: 'epoch_changed', head });
  expect(await log.resolve({ epoch, seq: 2, tag: 'zz' })).toEqual({ kind: 'reset', reason: 'epoch_changed', head });
});

test('a file copied back from a backup keeps its epoch, and the tag catches it', async () => {
  let beforeCopy: Cursor;
  {
    await using log = await open();
    await appendMany(log, 3);
  }
  const backup = await Bun.file(path).bytes();
  {
    await using log = await open();
    await log.append([event('lost by the restore')]);
    beforeCopy = log.head();
  }
  writeFileSync(path, backup);
  await using restored = await open();
  expect(await restored.resolve(beforeCopy)).toMatchObject({ kind: 'reset', reason: 'cursor_future' });
  await restored.append([event('another fourth event')]);
  expect(restored.head()).toMatchObject({ epoch: beforeCopy.epoch, seq: beforeCopy.seq });
  expect(await restored.resolve(beforeCopy)).toMatchObject({ kind: 'reset', reason: 'epoch_changed' });
});

test('what retention removed is expired, never skipped; the last removed position still resumes', async () => {
  const keepTen = { maxAgeMs: Infinity, maxEvents: 10, maxBytes: Infinity };
  {
    await using log = await open();
    await appendMany(log, 100);
  }
  await using log = await open({ retention: keepTen, preload: 0 });
  await expect.poll(() => log.trimmed().seq).toBe(90);
  expect(await texts(log.read(50, 10))).toBe('expired');
  expect(await texts(log.read(90, 2))).toEqual(['90', '91']);
  expect(await log.resolve({ epoch: log.epoch, seq: 89, tag: 'x' })).toMatchObject({ reason: 'cursor_expired' });
  expect(await log.resolve(log.trimmed())).toEqual({ kind: 'resume', cursor: log.trimmed() });
  expect(await log.resolve('earliest')).toEqual({ kind: 'resume', cursor: log.trimmed() });
});

test('an emptied log goes on counting where it was', async () => {
  {
    await using log = await open();
    await appendMany(log, 5);
  }
  {
    await using log = await open({ retention: { maxAgeMs: -60_000, maxEvents: Infinity, maxBytes: Infinity } });
    await expect.poll(() => log.trimmed().seq).toBe(5);
  }
  await using log = await open();
  expect(log.head()).toEqual(log.trimmed());
  const { records } = await log.append([event('sixth')]);
  expect(records[0]?.seq).toBe(6);
});

test('what is repeated after retention has removed a part of it is still the whole of it', async () => {
  const idempotency = { key: 'k', digest: 'd' };
  const batch = [event('a'), event('b'), event('c')];
  {
    await using log = await open();
    await log.append(batch, { idempotency });
  }
  await using log = await open({ retention: { maxAgeMs: Infinity, maxEvents: 1, maxBytes: Infinity } });
  await expect.poll(() => log.trimmed().seq).toBe(2);
  expect(await log.append(batch, { idempotency })).toMatchObject({ repeated: 3, records: [{ seq: 3 }] });
  expect(log.head().seq).toBe(3);
});

test('an idempotency key is forgotten with its events', async () => {
  const idempotency = { key: 'k', digest: 'd' };
  {
    await using log = await open();
    await log.append([event('a')], { idempotency });
    await appendMany(log, 10);
  }
  await using log = await open({ retention: { maxAgeMs: Infinity, maxEvents: 5, maxBytes: Infinity } });
  await expect.poll(() => log.trimmed().seq).toBeGreaterThan(0);
  const again = await log.append([event('a')], { idempotency });
  expect(again).toMatchObject({ repeated: 0, records: [{ seq: 12 }] });
});

test('a snapshot and its cursor belong together under concurrent appends', async () => {
  await using log = await open();
  const appending = Array.from({ length: 200 }, () => appendMany(log, 3));
  for (let round = 0; round < 50; round += 1) {
    const { cursor, results } = await log.snapshot<[{ count: number; last: number | null }]>([
      { sql: 'SELECT count(*) AS count, max(seq) AS last FROM log' },
    ]);
    expect(results[0][0]).toEqual({ count: cursor.seq, last: cursor.seq === 0 ? null : cursor.seq });
  }
  await Promise.all(appending);
});

test('a failing query rejects and the reader goes on', async () => {
  await using log = await open();
  await expect(log.snapshot([{ sql: 'SELECT * FROM nowhere' }])).rejects.toMatchObject({ code: 'internal' });
  await expect(log.snapshot([{ sql: 'SELECT 1 AS one' }])).resolves.toMatchObject({ results: [[{ one: 1 }]] });
});

test('a second process, here a second opener, is refused', async () => {
  await using _log = await open();
  await expect(open()).rejects.toThrow('held by another process');
});

test('a corrupt file is refused and left as it is', async () => {
  const garbage = 'this is no database\n'.repeat(100);
  writeFileSync(path, garbage);
  await expect(open()).rejects.toThrow('not a database');
  expect(await Bun.file(path).text()).toBe(garbage);
});

test('an old event that was changed on the disk is never given to a reader', async () => {
  {
    await using log = await open();
    await appendMany(log, 5_000);
  }
  {
    using database = openForWriting(path);
    database.exec(`UPDATE log SET body = '{"text":"forged"}' WHERE seq = 100`);
  }
  await using log = await open();
  expect(await texts(log.read(97, 2))).toEqual(['97', '98']);
  await expect(log.read(98, 10)).rejects.toThrow('event 100 was changed');
});

test('a file of a newer Millrace is refused', async () => {
  {
    using database = openForWriting(path);
    database.exec('PRAGMA user_version = 99');
  }
  await expect(open()).rejects.toThrow('upgrade');
});

test('appends that were taken are answered before the log closes, later ones are refused', async () => {
  const log = await open();
  const taken = Array.from({ length: 20 }, (_, index) => log.append([event(`${index}`)]));
  const closing = log[Symbol.asyncDispose]();
  await expect(log.append([event('late')])).rejects.toMatchObject({ code: 'shutting_down' });
  await closing;
  expect(await Promise.all(taken)).toHaveLength(20);
});
