import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUp } from './backup.ts';
import { restore } from './restore.ts';
import { SqliteLog } from './sqlite-log.ts';

let folder: string;
let path: string;
let backup: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-restore-'));
  path = join(folder, 'millrace.db');
  backup = join(folder, 'backup');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function append(...texts: readonly string[]): Promise<void> {
  await using log = await SqliteLog.open({ path });
  await log.append(texts.map((text) => ({ type: 'test.said', channel: 'test', body: JSON.stringify({ text }) })));
}

async function texts(): Promise<string[]> {
  await using log = await SqliteLog.open({ path });
  const slice = await log.read(0, 100);
  return slice.kind === 'expired' ? [] : slice.records.map(({ body }) => JSON.parse(body).text);
}

test('a restored log has another epoch each time', async () => {
  await append('a');
  const { head } = backUp(path, backup);
  const epochs = [head.epoch, restore(backup, path).head.epoch, restore(backup, path).head.epoch];
  expect(new Set(epochs).size).toBe(3);
  await using log = await SqliteLog.open({ path });
  expect(log.head()).toEqual({ ...head, epoch: epochs[2] });
});

test('what retention has removed is gone from a backup too, and the rest is sound', async () => {
  await append(...Array.from({ length: 30 }, (_, index) => `${index}`));
  {
    const retention = { maxAgeMs: Infinity, maxEvents: 10, maxBytes: Infinity };
    await using log = await SqliteLog.open({ path, retention });
    await expect.poll(() => log.trimmed().seq).toBe(20);
  }
  expect(backUp(path, backup)).toMatchObject({ events: 10, head: { seq: 30 } });
  expect(restore(backup, path)).toMatchObject({ events: 10, head: { seq: 30 } });
});

test('a restore that was cut short before it was decided changes nothing', async () => {
  await append('old');
  backUp(path, backup);
  await append('new');
  cpSync(backup, `${path}-restoring`);
  expect(await texts()).toEqual(['old', 'new']);
});

/** The names that are exchanged once it is decided, in this order: a crash can come after any of them. */
const EXCHANGES = [
  ['-wal', '-replaced-wal'],
  ['', '-replaced'],
  ['-restored', ''],
] as const;

test.each([0, 1, 2, 3])(
  'a restore that was cut short after %i of 3 renames is finished by the next start',
  async (done) => {
    await append('old');
    backUp(path, backup);
    const prepared = join(folder, 'prepared.db');
    restore(backup, prepared);
    const killed = join(folder, 'killed');
    {
      // Copied while it is open, so that the newest event stands in the write-ahead log alone.
      await using log = await SqliteLog.open({ path });
      await log.append([{ type: 'test.said', channel: 'test', body: '{"text":"new"}' }]);
      cpSync(`${path}-wal`, killed);
    }
    cpSync(killed, `${path}-wal`);
    renameSync(prepared, `${path}-restored`);
    for (const [from, to] of EXCHANGES.slice(0, done)) renameSync(`${path}${from}`, `${path}${to}`);
    expect(await texts()).toEqual(['old']);
    expect(existsSync(`${path}-restored`)).toBe(false);
    expect(existsSync(`${path}-replaced`)).toBe(true);
  },
);
