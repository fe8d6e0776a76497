import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figures } from '../tests/support/figures.ts';
import { buildDashboard, isDashboardStale } from './dashboard-build.ts';
import { PROMISES, type Promised } from './promises.ts';
import { CHROMIUM, describeMissing, findTool, provision } from './provision.ts';
import { ROOT } from './step.ts';
import { type FileTally, tallyFiles } from './tally.ts';

// The tests behind the promises, at greater length than `npm test`: one line of results and figures for each promise.
// A test that was skipped, because this machine cannot make its fault, counts as failed.

type State = 'ok' | 'partly' | 'open' | 'FAILED';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, short: { type: 'boolean', default: false } },
});
const seed = values.seed ?? `${Date.now() % 2 ** 31}`;
if (!/^\d{1,10}$/.test(seed)) {
  console.error(`--seed is "${seed}": it must be a whole number`);
  process.exit(2);
}

/** How much longer than in `npm test` the tests search. */
const LENGTHS = {
  MILLRACE_TEST_KILLS: '60',
  MILLRACE_TEST_IMAGES: '350',
  MILLRACE_TEST_SCHEDULES: '200',
  MILLRACE_TEST_ROUNDS: '200',
  MILLRACE_TEST_MODELS: '8',
  MILLRACE_TEST_SEEDS: '2000',
  MILLRACE_TEST_STALL_SECONDS: '12',
  MILLRACE_TEST_CONNECTS: '100000',
};

const scratch = mkdtempSync(join(tmpdir(), 'millrace-reliability-'));
const report = join(scratch, 'report.json');
const figuresFile = join(scratch, 'figures');
const missing = await provision();
if (missing.length > 0) console.log(describeMissing(missing));

console.log(`seed ${seed}; rerun with: npm run test:reliability -- --seed ${seed}`);
const startedAt = performance.now();
if (isDashboardStale() && (await buildDashboard()) !== 0) process.exit(1);
const promisesExitCode = await vitest('--project=reliability', '--reporter=json', `--outputFile.json=${report}`);
// The kit mostly waits for what a right server does every so often; beside it, counts on pages while much is written and
// streams break (P6).
const [kitExitCode, pagesExitCode] = await Promise.all([vitest('--project=conformance'), pagesUnderLoad()]);

const files = tallyFiles(
  await Bun.file(report)
    .json()
    .catch(() => undefined),
  ROOT,
);
const figures = await readFigures();
rmSync(scratch, { recursive: true, force: true });

console.log('');
const states = PROMISES.map(printPromise);
const count = (wanted: State) => states.filter((state) => state === wanted).length;
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(`${pagesExitCode === 0 ? 'ok    ' : 'FAILED'} pages under load`);
console.log(`${kitExitCode === 0 ? 'ok    ' : 'FAILED'} conformance kit`);
console.log(
  `seed ${seed}, ${minutes} min: of ${PROMISES.length} promises ${count('ok')} shown, ${count('partly')} in part, ` +
    `${count('open')} not yet, ${count('FAILED')} failed`,
);
const isGood = count('FAILED') === 0 && [promisesExitCode, kitExitCode, pagesExitCode].every((code) => code === 0);
process.exit(isGood ? 0 : 1);

function vitest(...args: readonly string[]): Promise<number> {
  return run(
    [process.execPath, '--bun', join(ROOT, 'node_modules/.bin/vitest'), 'run', '--reporter=default', ...args],
    { ...(values.short ? {} : LENGTHS), MILLRACE_TEST_SEED: seed, MILLRACE_TEST_FIGURES: figuresFile },
  );
}

function pagesUnderLoad(): Promise<number> {
  const browser = findTool(CHROMIUM);
  return run(
    [join(ROOT, 'node_modules/.bin/playwright'), 'test', '--project=under-load', 'live-counts'],
    browser === undefined ? {} : { CHROMIUM_PATH: browser },
  );
}

function run(command: string[], env: Readonly<Record<string, string>>): Promise<number> {
  return Bun.spawn(command, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
    .exited;
}

/** `FAILED` unless every test of the promise ran and passed. */
function stateOf({ tests, notShown }: Promised): State {
  if (tests.length === 0) return 'open';
  const tallies = talliesOf(tests);
  const isGood = tallies.every(({ passed, failed, skipped }) => passed > 0 && failed + skipped === 0);
  if (!isGood) return 'FAILED';
  return notShown === undefined ? 'ok' : 'partly';
}

function printPromise(promised: Promised): State {
  const { id, title, tests, notShown } = promised;
  const tallies = talliesOf(tests);
  const sum = (key: keyof FileTally) => tallies.reduce((total, tally) => total + tally[key], 0);
  const state = stateOf(promised);
  const counts = `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
  const measured = figures.filter(({ promise }) => promise === id);
  const words = measured.map((one) => `; ${one.about} ${JSON.stringify(one.figures)}`).join('');
  const gap = notShown === undefined ? '' : `; not shown yet: ${notShown}`;
  console.log(`${state.padEnd(6)} ${id.padEnd(3)} ${title}: ${counts}${words}${gap}`);
  return state;
}

function talliesOf(tests: readonly string[]): FileTally[] {
  return tests.map((path) => files.get(path) ?? { passed: 0, failed: 0, skipped: 0 });
}

async function readFigures(): Promise<Figures[]> {
  const file = Bun.file(figuresFile);
  if (!(await file.exists())) return [];
  const lines = (await file.text()).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Figures);
}
