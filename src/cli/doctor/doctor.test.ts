import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import { isAtLeast } from './check.ts';
import { checkDatabase } from './database-check.ts';
import { checkDataFolder, checkFsync, checkSpace } from './disk-checks.ts';
import { checkPort } from './port-check.ts';
import { checkRuntime, checkSqlite } from './runtime-checks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('isAtLeast', () => {
  it.each([
    ['3.51.3', '3.51.3', true],
    ['3.54.1', '3.51.3', true],
    ['4.0', '3.51.3', true],
    ['3.51.2', '3.51.3', false],
    ['3.9.9', '3.51.3', false],
    ['3.51', '3.51.3', false],
    ['unknown', '3.51.3', false],
  ])('%s against %s is %s', (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected);
  });
});

describe('the checks of doctor', () => {
  it('find the runtime and SQLite of this process good, and older ones not', () => {
    expect(checkRuntime()).toMatchObject({ verdict: 'ok' });
    expect(checkRuntime('1.0.0')).toMatchObject({ verdict: 'fail', advice: expect.stringContaining('npm ci') });
    expect(checkRuntime('99.0.0')).toMatchObject({ verdict: 'warn' });
    expect(checkSqlite()).toMatchObject({ verdict: 'ok' });
    expect(checkSqlite('3.51.2')).toMatchObject({ verdict: 'fail' });
  });

  it('measure the disk and leave nothing behind', async () => {
    expect(await checkFsync(folder)).toMatchObject({
      found: expect.stringMatching(/^p50 [\d.]+ ms, p99 [\d.]+ ms over 200/),
    });
    expect(await checkSpace(folder)).toMatchObject({ found: expect.stringMatching(/GiB free at/) });
    expect(await Array.fromAsync(new Bun.Glob('*').scan({ cwd: folder, dot: true }))).toEqual([]);
  });

  it('tell a folder that is open to others, one that is missing, and a file in its place', async () => {
    expect(await checkDataFolder(folder)).toMatchObject({ verdict: 'ok' });
    chmodSync(folder, 0o755);
    expect(await checkDataFolder(folder)).toMatchObject({ verdict: 'warn', advice: `chmod 700 ${folder}` });
    expect(await checkDataFolder(join(folder, 'new', 'deep'))).toMatchObject({ verdict: 'ok' });
    writeFileSync(join(folder, 'file'), '');
    expect(await checkDataFolder(join(folder, 'file'))).toMatchObject({ verdict: 'fail' });
  });

  it('tell a sound database from one that is none', () => {
    expect(checkDatabase(folder)).toMatchObject({ verdict: 'ok', found: expect.stringContaining('will be made') });
    const path = join(folder, 'millrace.db');
    {
      using database = openForWriting(path);
      database.exec('CREATE TABLE log (seq INTEGER PRIMARY KEY); INSERT INTO log VALUES (1), (2)');
    }
    expect(checkDatabase(folder)).toMatchObject({ verdict: 'ok', found: expect.stringContaining('2 events') });
    writeFileSync(
      path,
      'this is no database, but it is long enough to have a header of a hundred bytes or more'.repeat(9),
    );
    expect(checkDatabase(folder)).toMatchObject({ verdict: 'fail', advice: expect.stringContaining('backup') });
  });

  it('tell a free port from a taken one', async () => {
    const server = createServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await checkPort('127.0.0.1', port)).toMatchObject({ verdict: 'fail' });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkPort('127.0.0.1', port)).toMatchObject({ verdict: 'ok' });
    expect(await checkPort('192.0.2.1', port)).toMatchObject({ verdict: 'fail' });
  });
});
