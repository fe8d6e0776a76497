import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { showFigures } from '../support/figures.ts';
import { testSeed } from '../support/seeded-random.ts';
import { MUTANTS } from './mutants.ts';
import { describeFailure, search } from './search.ts';
import { simulate } from './simulate.ts';

const SEEDS = Number(process.env.MILLRACE_TEST_SEEDS ?? 200);
/** A system that breaks a promise has to be noticed within as many seeds. */
const MUTANT_SEEDS = 400;
const ROOT = join(import.meta.dirname, '../..');

test(`${SEEDS} seeds: whatever happens, nobody misses, repeats or reorders an event, or is quietly stale`, () => {
  const startedAt = performance.now();
  const from = testSeed();
  const { sights, totals, events, recoveredMs, failure } = search({ from, seeds: SEEDS });
  expect(failure && describeFailure(failure)).toBeUndefined();
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const { lost, phantom, dup, reorder } = totals;
  const about = 'simulation';
  showFigures({ promise: 'P3', about, figures: { seeds: SEEDS, from, seconds, events, lost, phantom, dup, reorder } });
  showFigures({ promise: 'P2', about, figures: { seeds: SEEDS, events, reorder, dup } });
  showFigures({ promise: 'P6', about, figures: { seeds: SEEDS, rows: sights.of('rows') } });
  const resets = {
    cursor_expired: sights.of('resetsExpired'),
    cursor_future: sights.of('resetsFuture'),
    epoch_changed: sights.of('resetsEpoch'),
  };
  showFigures({ promise: 'P5', about, figures: { seeds: SEEDS, resets, lost, phantom } });
  const silences = {
    halfOpen: sights.of('halfOpen'),
    byClient: sights.of('silences'),
    byServer: sights.of('pongTimeouts'),
  };
  showFigures({ promise: 'P11', about, figures: { seeds: SEEDS, silences, recoveredMs } });
  console.log(`seen: ${JSON.stringify(sights)}`);
  // Not vacuous: everything that a simulation can meet was met.
  expect(sights.missing).toEqual([]);
});

test('the same seed goes the same way, in this process and in another', () => {
  const seeds = Array.from({ length: 5 }, (_, index) => testSeed() + index);
  const hashes = seeds.map((seed) => simulate(seed).hash);
  expect(new Set(hashes).size).toBe(seeds.length);
  expect(seeds.map((seed) => simulate(seed).hash)).toEqual(hashes);
  const { stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules/.bin/bun'),
    [join(import.meta.dirname, 'run-seed.ts'), ...seeds.toReversed().map(String)],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly hash: string });
  expect(lines.map(({ hash }) => hash).toReversed()).toEqual(hashes);
});

test.each(Object.entries(MUTANTS))('negative control: the same search notices when %s', (name, mutant) => {
  const { failure, seeds } = search({ from: testSeed(), seeds: MUTANT_SEEDS, mutant });
  showFigures({ promise: 'P3', about: `simulation, negative control, ${name}`, figures: { seeds } });
  expect(failure?.violations.length).toBeGreaterThan(0);
});
