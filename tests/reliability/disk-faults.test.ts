import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginDiskFault } from '../support/disk-fault.ts';
import { postEvent, readEvents, subscribe } from '../support/event-clients.ts';
import { failToStart } from '../support/failed-start.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { TRANSPORTS } from '../support/raw-feed.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { mountHindrance, mountSmallDisk } from '../support/small-disk.ts';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  dataDir = join(folder, 'data');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hindrance = mountHindrance(mkdtempSync(join(tmpdir(), 'millrace-mount-')));
if (hindrance !== undefined) console.log(`SKIPPED FAULT: a full and a read-only disk, because ${hindrance}`);

interface Fault {
  /** Calls or writes that were seen to fail. */
  seen(): number;
  end(): Promise<void> | void;
}

/**
 * Writes to a server, lets `begin` break its disk, looks at what it answers, mends the disk, writes on, and kills the
 * server; what is stored in the end is compared with what was answered, and with what readers received that were there
 * all the time.
 */
async function expectHonestFailure(server: ServerProcess, begin: () => Promise<Fault> | Fault, reason: RegExp) {
  const history = new History();
  const finished = new AbortController();
  const place = { url: async () => server.url };
  const subscribers = TRANSPORTS.map((transport) =>
    subscribe({ server: place, history, transport, signal: finished.signal }),
  );
  let number = 0;
  let refused = 0;
  const post = async () => {
    const id = `event-${number}`;
    number += 1;
    history.attempt(id);
    const answer = await postEvent(server.url, id);
    if (answer?.status === 201) history.acknowledge(id);
    return answer;
  };
  for (let count = 0; count < 10; count += 1) expect(await post()).toMatchObject({ status: 201 });

  const fault = await begin();
  let answer = await post();
  // A disk has to be filled first.
  for (let tries = 0; answer?.status === 201 && tries < 2_000; tries += 1) answer = await post();
  for (let count = 0; count < 8; count += 1) {
    expect(answer).toMatchObject({ status: 503, retryAfter: '5', body: { error: 'LogUnavailable' } });
    expect(JSON.stringify(answer?.body)).toMatch(reason);
    refused += 1;
    answer = await post();
  }
  const ready = await fetch(`${server.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: 'not ready', reason: expect.stringMatching(reason) });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  // Who comes now reads everything from the disk; who was there before stays connected.
  const readable = await readEvents(server.url);
  expect(readable).toHaveLength(history.acknowledged);
  for (const transport of TRANSPORTS) {
    await expect.poll(() => history.receivedBy(transport)).toBe(history.acknowledged);
  }
  expect(fault.seen()).toBeGreaterThan(0);
  await fault.end();

  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);
  for (let count = 0; count < 10; count += 1) expect(await post()).toMatchObject({ status: 201 });
  for (const transport of TRANSPORTS) {
    await expect.poll(() => history.receivedBy(transport)).toBe(history.acknowledged);
  }
  finished.abort();
  const connections = await Promise.all(subscribers.slice(0, 3));
  await server.stop('SIGKILL');
  await using again = await startServerProcess({ dataDir });
  const report = history.check((await readEvents(again.url)).map(({ id }) => id));
  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 });
  // Nobody's stream was cut; long polls connect for every page.
  expect(connections).toEqual([1, 1, 1]);
  return { ...report, refused, faultsSeen: fault.seen() };
}

describe('a disk that fails makes writes fail and nothing else, and is used again once it works:', () => {
  test.each([
    ['EIO', 'fsync,fdatasync', /disk I\/O error/],
    ['ENOSPC', 'pwrite64', /disk is full/],
    ['EIO', 'pwrite64', /disk I\/O error/],
    ['EROFS', 'pwrite64', /disk I\/O error|readonly/],
  ])('%s on %s', async (error, calls, reason) => {
    await using server = await startServerProcess({ dataDir });
    const record = join(folder, 'record');
    const begin = async () => {
      const fault = await beginDiskFault({ pid: server.pid, calls, error, record });
      return { seen: () => fault.seen(), end: () => fault.end() };
    };
    const figures = await expectHonestFailure(server, begin, reason);
    showFigures({ promise: 'P13', about: `${error} on ${calls}`, figures });
  });

  test.skipIf(hindrance)('a disk of 2 MB that is full, until it is made larger', async () => {
    using disk = mountSmallDisk(dataDir, 2);
    await using server = await startServerProcess({ dataDir });
    let pagesLeft = Infinity;
    const begin = () => ({
      seen() {
        pagesLeft = Math.min(pagesLeft, statfsSync(dataDir).bavail);
        return pagesLeft === 0 ? 1 : 0;
      },
      end: () => disk.resize(64),
    });
    const figures = await expectHonestFailure(server, begin, /disk is full/);
    showFigures({ promise: 'P13', about: 'a disk of 2 MB that is full', figures });
  });
});

test('a server that is killed while its disk fails has lost nothing that it answered for', async () => {
  const history = new History();
  {
    await using server = await startServerProcess({ dataDir });
    const post = async (id: string) => {
      history.attempt(id);
      const answer = await postEvent(server.url, id);
      if (answer?.status === 201) history.acknowledge(id);
    };
    for (let count = 0; count < 20; count += 1) await post(`before-${count}`);
    const options = { pid: server.pid, calls: 'fsync,fdatasync', error: 'EIO', record: join(folder, 'record') };
    await using fault = await beginDiskFault(options);
    for (let count = 0; count < 20; count += 1) await post(`during-${count}`);
    expect(fault.seen()).toBeGreaterThan(0);
    await server.stop('SIGKILL');
  }
  await using again = await startServerProcess({ dataDir });
  const report = history.check((await readEvents(again.url)).map(({ id }) => id));
  showFigures({ promise: 'P13', about: 'kill -9 while fsync fails', figures: report });
  expect(report).toMatchObject({ acked: 20, lost: 0, phantom: 0, dup: 0, reorder: 0 });
});

describe('a start that cannot write fails with one line and changes nothing:', () => {
  test.skipIf(hindrance)('on a read-only disk', async () => {
    using disk = mountSmallDisk(dataDir, 8);
    {
      await using server = await startServerProcess({ dataDir });
      expect(await postEvent(server.url, 'one')).toMatchObject({ status: 201 });
      await server.stop();
    }
    disk.makeReadOnly();
    const { status, stdout, stderr } = failToStart(dataDir);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^millrace: cannot open the log .*(readonly|read-only|unable to open).*\n$/);
  });

  test.skipIf(hindrance)('on a full disk', () => {
    using _disk = mountSmallDisk(dataDir, 2);
    Bun.spawnSync(['dd', 'if=/dev/zero', `of=${join(dataDir, 'ballast')}`, 'bs=4k'], { stderr: 'ignore' });
    const { status, stdout, stderr } = failToStart(dataDir);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^millrace: cannot open the log .*(disk is full|ENOSPC).*\n$/);
  });
});
