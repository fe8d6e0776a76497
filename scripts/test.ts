import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BunFile } from 'bun';
import { staticSteps } from './check-steps.ts';
import { dealOut, type Weighed } from './deal-out.ts';
import { type Failure, playwrightFailures, vitestFailures } from './failures.ts';
import { CHROMIUM, describeMissing, findTool, provision } from './provision.ts';
import { printStepResult, ROOT, runSteps } from './step.ts';
import { sumUp, type Tally, tallyPlaywright, tallyVitest } from './tally.ts';

// Everything that can be tested on this machine. The last line is `N passed, M failed`.

/** Runs of the browser tests, so that two of the slow runners are always beside each other. */
const BROWSER_RUNS = 6;
/** No runner may take longer; one that hangs is ended and counts as failed. */
const RUNNER_LIMIT_MS = 16 * 60_000;

const scratch = mkdtempSync(join(tmpdir(), 'millrace-test-'));
const startedAt = performance.now();
const tallies: Tally[] = [];
const failures: Failure[] = [];

heading('tools');
const missing = await provision();
if (missing.length > 0) console.log(describeMissing(missing));
tallies.push(...missing.map((tool) => ({ name: `tool ${tool.package}`, passed: 0, failed: 1 })));

heading('checks');
for (const { name, ok } of await runSteps(staticSteps, availableParallelism(), printStepResult)) {
  tallies.push({ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
}

heading('unit tests');
tallies.push(await vitest('unit tests', 'unit', 'web'));

heading('build');
const build = await run(['bun', 'scripts/build.ts'], {});
tallies.push({ name: 'build', passed: build === 0 ? 1 : 0, failed: build === 0 ? 0 : 1 });

const browser = findTool(CHROMIUM);
heading(browser ? 'system tests, and browser tests beside them' : 'system tests');
// Much of both is waiting: for servers to start, for connections to be tried again.
const browserRuns = browser ? dealOut(browserTests(), BROWSER_RUNS) : [];
const inBrowser: { readonly tally: Tally; readonly output: string }[] = [];
const waiting = [
  async () => void tallies.push(await vitest('system tests', 'system')),
  ...browserRuns.map((files, run) => async () => void inBrowser.push(await playwright(`${browser}`, files, run + 1))),
];
const lane = async () => {
  for (let start = waiting.shift(); start; start = waiting.shift()) await start();
};
await Promise.all([lane(), lane()]);
for (const { tally, output } of inBrowser) {
  heading(tally.name);
  console.log(output);
  tallies.push(tally);
}

rmSync(scratch, { recursive: true, force: true });
heading('summary');
for (const { test, reason } of failures) {
  console.log(`FAILED ${test}\n${reason.replace(/^/gm, '       ')}`);
}
for (const { name, passed, failed } of tallies) {
  console.log(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(18)} ${passed} passed, ${failed} failed`);
}
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
const { passed, failed } = sumUp(tallies);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

async function vitest(name: string, ...projects: string[]): Promise<Tally> {
  const report = join(scratch, `${projects[0]}.json`);
  const exitCode = await run(
    [
      ...['bun', '--bun', 'vitest', 'run', ...projects.map((project) => `--project=${project}`)],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    {},
  );
  const json = await readJson(report);
  failures.push(...vitestFailures(json, ROOT));
  return tallyVitest(name, json, exitCode);
}

/** The files of the browser tests; a longer one takes longer. */
function browserTests(): Weighed[] {
  const files = [...new Bun.Glob('e2e/*.spec.ts').scanSync(ROOT)];
  return files.map((name) => ({ name, weight: Bun.file(join(ROOT, name)).size }));
}

/** What it prints is kept until the other tests have ended. */
async function playwright(
  executable: string,
  files: readonly string[],
  number: number,
): Promise<{ readonly tally: Tally; readonly output: string }> {
  const report = join(scratch, `playwright-${number}.json`);
  const output = Bun.file(join(scratch, `playwright-${number}.txt`));
  const exitCode = await run(
    [
      ...['playwright', 'test', '--reporter=list,json', '--project=pages'],
      `--output=${join('test-results', `${number}`)}`,
      // Each is a regular expression for a path.
      ...files.map((file) => `/${file.replaceAll('.', '\\.')}$`),
    ],
    { CHROMIUM_PATH: executable, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    output,
  );
  const name = `browser tests ${number}/${BROWSER_RUNS}`;
  const json = await readJson(report);
  failures.push(...playwrightFailures(json));
  return { tally: tallyPlaywright(name, json, exitCode), output: await output.text() };
}

function run(
  command: string[],
  env: Readonly<Record<string, string>>,
  output: 'inherit' | BunFile = 'inherit',
): Promise<number> {
  return Bun.spawn(command, {
    cwd: ROOT,
    env: { ...process.env, ...env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
    stdio: ['ignore', output, 'inherit'],
    timeout: RUNNER_LIMIT_MS,
  }).exited;
}

async function readJson(path: string): Promise<unknown> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.json() : undefined;
}
