import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '../../e2e/start-server.ts';
import { postEvent, readEvents } from '../support/event-clients.ts';
import { failToStart } from '../support/failed-start.ts';
import { millrace } from '../support/millrace-command.ts';

// What a disk, a copy or a person can do to the files of a server that does not run.

const EVENTS = 120;
const IDS = Array.from({ length: EVENTS }, (_, index) => `event-${index}-${'x'.repeat(500)}`);
const PAGE = 4_096;

/** Data folders as a server left them, made once: one was ended, one was killed. */
let templates: string;
let dataDir: string;
let path: string;
let wal: string;

beforeAll(async () => {
  templates = mkdtempSync(join(tmpdir(), 'millrace-damage-'));
  for (const [name, signal] of [
    ['ended', 'SIGTERM'],
    ['killed', 'SIGKILL'],
  ] as const) {
    const server = await startServer({ dataDir: join(templates, name) });
    // One by one: each is a commit of its own.
    for (const id of IDS) expect(await postEvent(server.url, id)).toMatchObject({ status: 201 });
    await server.stop(signal);
  }
});

afterAll(() => rmSync(templates, { recursive: true, force: true }));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-damaged-'));
  path = join(dataDir, 'millrace.db');
  wal = `${path}-wal`;
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function given(template: 'ended' | 'killed'): void {
  for (const name of readdirSync(join(templates, template))) {
    copyFileSync(join(templates, template, name), join(dataDir, name));
  }
}

function overwrite(file: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

function contents(): Record<string, string> {
  const names = readdirSync(dataDir).filter((name) => /^millrace\.db(-wal)?$/.test(name));
  const files = names.map((name) => [name, readFileSync(join(dataDir, name)).toString('base64')]);
  // Whoever looks into a database makes an empty write-ahead log where there is none.
  return Object.fromEntries(files.filter(([name, content]) => name === 'millrace.db' || content !== ''));
}

/** The start fails with one line, and what it found is left as it is. */
function expectRefusal(reason: RegExp): void {
  const before = contents();
  const { status, stdout, stderr } = failToStart(dataDir);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^millrace: cannot open the log .*\n$/);
  expect(stderr).toMatch(reason);
  expect(contents()).toEqual(before);
}

async function storedIds(): Promise<string[]> {
  await using server = await startServer({ dataDir });
  return (await readEvents(server.url)).map(({ id }) => id);
}

/** Position of an event's own row in a file: projections hold its text as well. */
function placeOf(file: string, id: string): number {
  const place = readFileSync(file).indexOf(`"summary":"${id}"`);
  expect(place).toBeGreaterThan(0);
  return place;
}

test('undamaged files open with everything that was acknowledged', async () => {
  for (const template of ['ended', 'killed'] as const) {
    given(template);
    expect(await storedIds()).toEqual(IDS);
  }
});

describe('a damaged database refuses the start in one line and is left as it is:', () => {
  test('its header', () => {
    given('ended');
    overwrite(path, 0, Buffer.alloc(100, 0xff));
    expectRefusal(/file is not a database/);
  });

  test('every one of its pages, one at a time, where a start can see it', () => {
    given('ended');
    const sound = readFileSync(path);
    const pages = sound.length / PAGE;
    // A start takes half a second: a dozen pages all over the file.
    for (let page = 1; page < pages; page += Math.ceil(pages / 12)) {
      writeFileSync(path, sound);
      overwrite(path, page * PAGE, Buffer.alloc(PAGE, 0xa5));
      expectRefusal(/corrupt|malformed/);
    }
  });

  test('one letter of one event', () => {
    given('ended');
    overwrite(path, placeOf(path, IDS[70] ?? '') + 12, Buffer.from('E'));
    expectRefusal(/the log is corrupt: event 71 was changed/);
  });

  test('its end is missing', () => {
    given('ended');
    truncateSync(path, Math.floor(statSync(path).size / 2 / PAGE) * PAGE);
    expectRefusal(/corrupt|malformed/);
  });

  test('it is empty', () => {
    given('ended');
    truncateSync(path, 0);
    expectRefusal(/is missing or empty, although events up to 120 were acknowledged/);
  });

  test('it is missing, with and without a write-ahead log beside it', () => {
    for (const template of ['ended', 'killed'] as const) {
      given(template);
      rmSync(path);
      expectRefusal(/is missing or empty, although events up to 120 were acknowledged/);
      expect(existsSync(path)).toBe(false);
    }
  });
});

describe('a damaged write-ahead log refuses the start in one line and is left as it is:', () => {
  const LOST = /events up to 120 were acknowledged.*millrace restore/;

  beforeEach(() => {
    given('killed');
    // Not vacuous: these events are nowhere else.
    expect(readFileSync(path).includes('event-119-')).toBe(false);
    placeOf(wal, IDS[119] ?? '');
  });

  test('it is missing', () => {
    rmSync(wal);
    expectRefusal(LOST);
  });

  test('it is empty', () => {
    truncateSync(wal, 0);
    expectRefusal(LOST);
  });

  test('its header', () => {
    overwrite(wal, 0, Buffer.alloc(32, 0xff));
    expectRefusal(LOST);
  });

  test('it ends in the middle', () => {
    truncateSync(wal, Math.floor(statSync(wal).size / 2));
    expectRefusal(LOST);
  });

  test('its last bytes are missing, which belong to an acknowledged event', () => {
    truncateSync(wal, statSync(wal).size - 10);
    expectRefusal(LOST);
  });

  test('one letter in the middle', () => {
    overwrite(wal, placeOf(wal, IDS[60] ?? '') + 12, Buffer.from('E'));
    expectRefusal(LOST);
  });

  test('an older copy of the database was put under it', async () => {
    const older = join(templates, 'older.db');
    const first = await startServer({ dataDir });
    await first.stop();
    copyFileSync(path, older);
    const second = await startServer({ dataDir });
    const line = JSON.stringify({
      timestamp: '2026-01-01T00:00:00.000Z',
      source_app: 'test',
      event_type: 'Stop',
      summary: 'late'.repeat(100),
    });
    for (let batch = 0; batch < 80; batch += 1) {
      const headers = { 'content-type': 'application/x-ndjson' };
      const body = `${line}\n`.repeat(300);
      expect((await fetch(`${second.url}/events`, { method: 'POST', headers, body })).status).toBe(201);
    }
    // A checkpoint has moved pages into the file: the write-ahead log alone does not make the copy whole.
    expect(statSync(path).size).toBeGreaterThan(2 * statSync(older).size);
    await second.stop('SIGKILL');
    copyFileSync(older, path);
    expectRefusal(/corrupt|malformed|were acknowledged/);
  });
});

test('a torn end of the write-ahead log that nobody was answered for is dropped', async () => {
  given('killed');
  appendFileSync(wal, Buffer.alloc(PAGE + 11, 0x5a));
  expect(await storedIds()).toEqual(IDS);
});

test('a killed server whose log was copied back as a file is refused until it is restored', async () => {
  given('killed');
  rmSync(wal);
  const copy = join(templates, 'ended', 'millrace.db');
  copyFileSync(copy, path);
  expectRefusal(/millrace restore/);
  expect(await millrace('restore', copy, '--data-dir', dataDir)).toMatchObject({ code: 0, stderr: '' });
  expect(await storedIds()).toEqual(IDS);
});
