import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogRecord } from '../../src/engine/log/log.ts';
import { openForReading } from '../../src/engine/log/sqlite/database.ts';
import { LogFile } from '../../src/engine/log/sqlite/log-file.ts';
import { projections } from '../../src/server/projections.ts';
import { buildVariant, type SourceChange } from '../support/build-variant.ts';
import { CrashDisk, FATES, type Fate } from '../support/crash-disk.ts';
import { postEvent } from '../support/event-clients.ts';
import { showFigures } from '../support/figures.ts';
import { History } from '../support/history.ts';
import { seededRandom, testSeed } from '../support/seeded-random.ts';
import { startServerProcess } from '../support/server-process.ts';
import { readTrace, type TraceStep, tracedBy } from '../support/write-trace.ts';

// A server is recorded while it is written to: what it wrote to its disk, what it synced, and what it answered. Then the
// power goes at many moments of that recording.

const EVENTS = 240;
const PUBLISHERS = 2;
/** Images of every fate. */
const IMAGES = Number(process.env.MILLRACE_TEST_IMAGES ?? 80);

/** In memory where there is such a place: an image is opened once and its syncs need not be waited for. */
const IMAGE_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-power-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DATABASE = 'src/engine/log/sqlite/database.ts';
/** So that a short recording has checkpoints and new beginnings of the write-ahead log. The server is otherwise as it is. */
const EARLY_CHECKPOINTS = { file: DATABASE, from: 'wal_autocheckpoint = 4000', to: 'wal_autocheckpoint = 400' };

interface Recording {
  readonly steps: readonly TraceStep[];
  /** Summaries of the events that clients were answered for. */
  readonly acknowledged: ReadonlySet<string>;
}

async function record(...changes: readonly SourceChange[]): Promise<Recording> {
  const dataDir = join(folder, 'data');
  const trace = join(folder, 'trace');
  mkdirSync(dataDir);
  const acknowledged = new Set<string>();
  using variant = buildVariant(EARLY_CHECKPOINTS, ...changes);
  {
    await using server = await startServerProcess({ dataDir, under: tracedBy(trace), root: variant.root });
    const publishing = Array.from({ length: PUBLISHERS }, async (_, publisher) => {
      for (let number = 0; number < EVENTS / PUBLISHERS; number += 1) {
        const id = `p${publisher}-${number}`;
        expect(await postEvent(server.url, id)).toMatchObject({ status: 201 });
        acknowledged.add(id);
      }
    });
    await Promise.all(publishing);
    await server.stop();
    await expect.poll(() => readFileSync(trace, 'latin1').trimEnd().endsWith('+++ exited with 0 +++')).toBe(true);
  }
  return { steps: readTrace(trace), acknowledged };
}

/** The events that an answer to a client says are stored. */
function acknowledgedIn({ text }: Extract<TraceStep, { kind: 'sent' }>): string[] {
  if (!text.startsWith('HTTP/1.1 201 ')) return [];
  return [...text.matchAll(/"summary":"(p\d+-\d+)"/g)].map(([, id = '']) => id);
}

interface Found {
  images: number;
  refused: number;
  lost: number;
  phantom: number;
  dup: number;
  reorder: number;
  lostWrites: number;
}

/** Moments in which the power goes, as numbers of steps. */
type Moments = (steps: readonly TraceStep[], random: () => number) => ReadonlySet<number>;

const anyTime: Moments = (steps, random) => {
  const answers = [...steps.keys()].filter((index) => isAnswer(steps[index]));
  const picked = Array.from({ length: IMAGES }, () => [
    Math.floor(random() * steps.length),
    // Half of them right after an answer, when most is at stake.
    answers[Math.floor(random() * answers.length)] ?? 0,
  ]);
  return new Set(picked.flat());
};

/** While there is no database yet, and while its tables are made. */
const firstStart: Moments = (steps) => {
  const onDisk = [...steps.keys()].filter((index) => steps[index]?.kind !== 'create');
  return new Set(onDisk.slice(0, IMAGES));
};

function isAnswer(step: TraceStep | undefined): boolean {
  return step?.kind === 'sent' && acknowledgedIn(step).length > 0;
}

/** Opens what a power loss at these moments leaves, and compares it with what had been answered by then. */
function losePower(
  { steps, acknowledged }: Recording,
  fate: Fate,
  { moments, random }: { moments: Moments; random: () => number },
): Found {
  const found: Found = { images: 0, refused: 0, lost: 0, phantom: 0, dup: 0, reorder: 0, lostWrites: 0 };
  const chosen = moments(steps, random);
  const disk = new CrashDisk();
  const history = new History();
  for (const id of acknowledged) history.attempt(id);
  for (const [index, step] of steps.entries()) {
    disk.apply(step);
    if (step.kind === 'sent') for (const id of acknowledgedIn(step)) history.acknowledge(id);
    if (!chosen.has(index)) continue;
    const { files, lostWrites } = disk.lose(fate, random);
    found.images += 1;
    found.lostWrites += lostWrites;
    const stored = open(files);
    if (stored === 'refused') {
      found.refused += 1;
      continue;
    }
    const { lost, phantom, dup, reorder } = history.check(stored);
    found.lost += lost;
    found.phantom += phantom;
    found.dup += dup;
    found.reorder += reorder;
  }
  return found;
}

/** What the log holds after the engine has opened these files, in order; every record is compared with its tag. */
function open(files: ReadonlyMap<string, Buffer>): string[] | 'refused' {
  const image = mkdtempSync(join(IMAGE_FOLDER, 'millrace-image-'));
  for (const [path, content] of files) writeFileSync(join(image, basename(path)), content);
  const path = join(image, 'millrace.db');
  try {
    const file = LogFile.open({ path, projections, now: Date.now });
    file.close();
    using database = openForReading(path);
    const records = database.prepare('SELECT * FROM log ORDER BY seq').all<LogRecord>();
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
    const heads = database.prepare('SELECT DISTINCT position FROM projection').all<{ position: number }>();
    expect(heads).toEqual([{ position: records.length }]);
    return records.map(({ body }) => (JSON.parse(body) as { summary: string }).summary);
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') throw error;
    return 'refused';
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
}

/** The power fails in every way at these moments of a recording; prints the figures. */
function searchForLosses(name: string, recording: Recording, moments: Moments): ReadonlyMap<Fate, Found> {
  const seed = testSeed();
  const random = seededRandom(seed);
  const found = new Map(FATES.map((fate) => [fate, losePower(recording, fate, { moments, random })] as const));
  const { steps, acknowledged } = recording;
  const figures = { seed, acked: acknowledged.size, steps: steps.length, ...Object.fromEntries(found) };
  showFigures({ promise: 'P1', about: `power loss, ${name}`, figures });
  return found;
}

/** Every answer is in the recording, and so are checkpoints that ran between answers. */
function expectWholeRecording({ steps, acknowledged }: Recording): void {
  expect(new Set(steps.flatMap((step) => (step.kind === 'sent' ? acknowledgedIn(step) : [])))).toEqual(acknowledged);
  const checkpointed = steps
    .slice(0, steps.findLastIndex(isAnswer))
    .filter((step) => step.kind === 'write' && step.path.endsWith('.db'));
  expect(checkpointed.length).toBeGreaterThan(50);
}

const UNDAMAGED = { refused: 0, lost: 0, phantom: 0, dup: 0, reorder: 0 };

test('after a power loss every event that was answered is there, unchanged and in order', async () => {
  const recording = await record();
  expectWholeRecording(recording);
  for (const moments of [anyTime, firstStart]) {
    const found = searchForLosses(moments === anyTime ? 'at any time' : 'at the first start', recording, moments);
    for (const [fate, { images, lostWrites, ...damage }] of found) {
      expect(images).toBeGreaterThanOrEqual(IMAGES);
      if (fate !== 'all kept') expect(lostWrites).toBeGreaterThan(0);
      expect(damage).toEqual(UNDAMAGED);
    }
  }
});

test('negative control: the same search finds lost events where commits are not synced', async () => {
  const recording = await record(
    { file: DATABASE, from: "'PRAGMA synchronous = FULL'", to: "'PRAGMA synchronous = NORMAL'" },
    { file: 'src/engine/log/sqlite/writer.ts', from: 'synchronous !== 2', to: 'synchronous !== 1' },
  );
  expectWholeRecording(recording);
  const found = searchForLosses('synchronous=NORMAL', recording, anyTime);
  expect(found.get('all lost')?.lost).toBeGreaterThan(0);
});
