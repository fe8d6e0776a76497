import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '../e2e/start-server.ts';
import { openForWriting } from '../src/engine/log/sqlite/database.ts';
import { postEvent, publish, readEvents } from './support/event-clients.ts';
import { showFigures } from './support/figures.ts';
import { History } from './support/history.ts';
import { millrace } from './support/millrace-command.ts';
import { readRawFeed, TRANSPORTS, type Transport } from './support/raw-feed.ts';
import { ServerLives } from './support/server-lives.ts';

let folder: string;
let dataDir: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-backup-'));
  dataDir = join(folder, 'data');
  file = join(folder, 'backup.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fill(url: string, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) expect(await postEvent(url, id)).toMatchObject({ status: 201 });
}

/** What a client that comes back with `cursor` is told first: the reason of a reset, or the id of an event. */
async function answerTo(url: string, transport: Transport, cursor: string): Promise<string> {
  const enough = new AbortController();
  let answer = 'nothing';
  await readRawFeed({
    url: `${url}/stream`,
    transport,
    cursor,
    signal: enough.signal,
    onEvent({ data }) {
      answer = `event ${(data as { summary: string }).summary}`;
      return false;
    },
    onReset(reason) {
      answer = reason;
      enough.abort();
    },
  });
  return answer;
}

async function answersTo(url: string, cursor: string) {
  return Promise.all(TRANSPORTS.map((transport) => answerTo(url, transport, cursor)));
}

/** The same on every transport. */
const everywhere = (answer: string) => TRANSPORTS.map(() => answer);

describe('a backup', () => {
  test('of a server that is written to is one moment of its log, counts included, and holds nobody up', async () => {
    await using server = await startServer({ dataDir });
    const history = new History();
    const publishing = new AbortController();
    const publishers = ['a', 'b', 'c', 'd'].map((name) =>
      publish({
        server: { url: async () => server.url },
        history,
        name,
        insists: false,
        signal: publishing.signal,
      }),
    );
    await expect.poll(() => history.acknowledged).toBeGreaterThan(1_000);
    const before = history.acknowledged;
    const { code, stdout, stderr } = await millrace('backup', file, '--json', '--data-dir', dataDir);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const after = history.acknowledged;
    publishing.abort();
    expect((await Promise.all(publishers)).reduce((sum, cut) => sum + cut, 0)).toBe(0);
    const made = JSON.parse(stdout) as { events: number; cursor: string; bytes: number };
    expect(made).toMatchObject({ file, bytes: statSync(file).size });
    // It was taken while events came in, and what was acknowledged before it is in it.
    expect(after).toBeGreaterThan(before);
    expect(made.events).toBeGreaterThanOrEqual(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'data']);

    const elsewhere = join(folder, 'elsewhere');
    expect(await millrace('restore', file, '--data-dir', elsewhere)).toMatchObject({ code: 0, stderr: '' });
    const live = await readEvents(server.url);
    await using restored = await startServer({ dataDir: elsewhere });
    const kept = await readEvents(restored.url);
    expect(kept.map(({ id }) => id)).toEqual(live.slice(0, made.events).map(({ id }) => id));
    expect(live[made.events - 1]?.cursor).toBe(made.cursor);
    const recent = (await (await fetch(`${restored.url}/events/recent?limit=1`)).json()) as { total: number };
    expect(recent.total).toBe(made.events);
    const figures = { ackedBefore: before, inBackup: made.events, ackedAfter: after };
    showFigures({ promise: 'P5', about: 'backup under load', figures });
  });

  test('of a server that was killed has what only its write-ahead log holds', async () => {
    const server = await startServer({ dataDir });
    await fill(server.url, 'one', 'two');
    await server.stop('SIGKILL');
    expect(statSync(join(dataDir, 'millrace.db-wal')).size).toBeGreaterThan(0);
    const { code, stdout } = await millrace('backup', file, '--json', '--data-dir', dataDir);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ events: 2 });
  });

  test('never overwrites a file, and leaves nothing behind when it fails', async () => {
    await using _server = await startServer({ dataDir });
    writeFileSync(file, 'precious');
    const taken = await millrace('backup', file, '--data-dir', dataDir);
    expect(taken).toEqual({ code: 1, stdout: '', stderr: `millrace: ${file} exists already and is left as it is\n` });
    expect(readFileSync(file, 'utf8')).toBe('precious');
    const none = await millrace('backup', join(folder, 'b.db'), '--data-dir', join(folder, 'nothing'));
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^millrace: there is no database .*\n$/) });
    const nowhere = await millrace('backup', join(folder, 'no/such/place.db'), '--data-dir', dataDir);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/^millrace: .*ENOENT.*\n$/) });
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'data']);
  });
});

describe('restoring a backup', () => {
  test('sends every client of before to a reset, and keeps the database of before', async () => {
    await using lives = new ServerLives();
    await fill(await lives.url(), 'one', 'two', 'three');
    expect((await millrace('backup', file, '--data-dir', lives.dataDir)).code).toBe(0);
    await fill(await lives.url(), 'four');
    const cursors = ['earliest', ...(await readEvents(await lives.url())).map(({ cursor }) => cursor)];
    let restored = '';
    await lives.restart({
      signal: 'SIGKILL',
      async between() {
        const { code, stdout } = await millrace('restore', file, '--json', '--data-dir', lives.dataDir);
        expect(code).toBe(0);
        restored = stdout;
      },
    });
    const path = join(lives.dataDir, 'millrace.db');
    expect(JSON.parse(restored)).toMatchObject({ database: path, events: 3, replaced: `${path}-replaced` });
    const url = await lives.url();
    await fill(url, 'another fourth');
    for (const cursor of cursors.slice(1)) expect(await answersTo(url, cursor)).toEqual(everywhere('epoch_changed'));
    expect((await readEvents(url)).map(({ id }) => id)).toEqual(['one', 'two', 'three', 'another fourth']);

    // What was replaced is whole: the write-ahead log of the killed server is with it.
    const other = join(folder, 'other');
    expect((await millrace('restore', `${path}-replaced`, '--data-dir', other)).code).toBe(0);
    await using before = await startServer({ dataDir: other });
    expect((await readEvents(before.url)).map(({ id }) => id)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('is refused while a server holds the data folder, as is a second server', async () => {
    await using server = await startServer({ dataDir });
    await fill(server.url, 'one');
    expect((await millrace('backup', file, '--data-dir', dataDir)).code).toBe(0);
    const held = /^millrace: .*is held by another process\n$/;
    for (const args of [
      ['restore', file, '--data-dir', dataDir],
      ['serve', '--port', '0', '--data-dir', dataDir],
    ]) {
      const { code, stderr } = await millrace(...args);
      expect(code).toBe(1);
      expect(stderr).toMatch(held);
    }
    // Nor is a file copied that a server writes to.
    const live = await millrace('restore', join(dataDir, 'millrace.db'), '--data-dir', join(folder, 'other'));
    expect(live).toMatchObject({ code: 1, stderr: expect.stringMatching(held) });
    await fill(server.url, 'two');
    expect((await readEvents(server.url)).map(({ id }) => id)).toEqual(['one', 'two']);
  });

  test('refuses what is no sound log in one line, and changes nothing', async () => {
    {
      await using server = await startServer({ dataDir });
      await fill(server.url, ...Array.from({ length: 50 }, (_, index) => `event-${index}`));
      expect((await millrace('backup', file, '--data-dir', dataDir)).code).toBe(0);
    }
    const current = readFileSync(join(dataDir, 'millrace.db'));
    const names = readdirSync(dataDir);
    const bytes = readFileSync(file);
    const damaged = join(folder, 'damaged.db');
    const refuses = async (content: Uint8Array, reason: RegExp) => {
      writeFileSync(damaged, content);
      const { code, stderr } = await millrace('restore', damaged, '--data-dir', dataDir);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^millrace: .*\n$/);
      expect(stderr).toMatch(reason);
    };
    await refuses(new Uint8Array(0), /no schema version: it is not a log of Millrace/);
    await refuses(Buffer.from('garbage '.repeat(1_000)), /file is not a database/);
    await refuses(bytes.subarray(0, bytes.length / 2), /malformed|corrupt/);
    // One letter of one event, which no check of SQLite sees.
    const changed = Buffer.from(bytes);
    changed.write('E', changed.indexOf('event-31'));
    await refuses(changed, /the log is corrupt: event 32 was changed/);
    copyFileSync(file, damaged);
    {
      using database = openForWriting(damaged);
      database.exec('DELETE FROM log WHERE seq = 7; PRAGMA journal_mode = DELETE');
    }
    await refuses(readFileSync(damaged), /the log is corrupt: event 7 is missing/);
    {
      using database = openForWriting(damaged);
      database.exec('PRAGMA user_version = 99; PRAGMA journal_mode = DELETE');
    }
    await refuses(readFileSync(damaged), /schema version 99.*upgrade it/);
    const missing = await millrace('restore', join(folder, 'missing'), '--data-dir', dataDir);
    expect(missing.stderr).toMatch(/^millrace: there is no file .*missing\n$/);

    expect(readFileSync(join(dataDir, 'millrace.db')).equals(current)).toBe(true);
    expect(readdirSync(dataDir)).toEqual(names);
  });
});

test('a plain copy put back keeps its epoch: cursors from beyond it are reset, never given other events', async () => {
  await using lives = new ServerLives();
  const path = join(lives.dataDir, 'millrace.db');
  await fill(await lives.url(), 'one', 'two', 'three');
  await lives.restart({ signal: 'SIGTERM', between: () => copyFileSync(path, file) });
  await fill(await lives.url(), 'four', 'five');
  const before = await readEvents(await lives.url());
  const cursorOf = (seq: number) => before[seq - 1]?.cursor ?? '';
  await lives.restart({ signal: 'SIGTERM', between: () => copyFileSync(file, path) });
  const url = await lives.url();
  expect(await answersTo(url, cursorOf(4))).toEqual(everywhere('cursor_future'));
  await fill(url, 'another fourth');
  // The number is taken by another event now: only the tag tells.
  expect(await answersTo(url, cursorOf(4))).toEqual(everywhere('epoch_changed'));
  expect(await answersTo(url, cursorOf(5))).toEqual(everywhere('cursor_future'));
  await fill(url, 'another fifth', 'sixth');
  expect(await answersTo(url, cursorOf(5))).toEqual(everywhere('epoch_changed'));
  // What the copy holds is the same log: who had read no further goes on.
  expect(await answersTo(url, cursorOf(3))).toEqual(everywhere('event another fourth'));
  expect(await answersTo(url, cursorOf(2))).toEqual(everywhere('event three'));
  const [epoch] = cursorOf(1).split('.');
  expect((await readEvents(url)).every(({ cursor }) => cursor.startsWith(`${epoch}.`))).toBe(true);
});
