import { join } from 'node:path';

/** One command of a check, run as a child process. */
export interface Step {
  readonly name: string;
  /** Program and arguments; programs of `node_modules/.bin` are found by name. */
  readonly command: readonly string[];
  /** Where it runs. Default: the root of the repository. */
  readonly cwd?: string;
  /** Whether what it writes is shown although it succeeds. Default false. */
  readonly isVerbose?: boolean;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly isVerbose: boolean;
  readonly durationMs: number;
  /** What the command wrote, both streams. */
  readonly output: string;
}

export const ROOT = join(import.meta.dirname, '..');

export async function runStep({ name, command, cwd = ROOT, isVerbose = false }: Step): Promise<StepResult> {
  const startedAt = performance.now();
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const output = `${stdout}${stderr}`.trim();
  return { name, ok: exitCode === 0, isVerbose, durationMs: performance.now() - startedAt, output };
}

/** Runs the steps in the order given, at most `concurrency` at once, and reports each as it ends. */
export async function runSteps(
  steps: readonly Step[],
  concurrency: number,
  report: (result: StepResult) => void,
): Promise<readonly StepResult[]> {
  const waiting = [...steps];
  const results: StepResult[] = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await runStep(step);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return results;
}

export function printStepResult({ name, ok, isVerbose, durationMs, output }: StepResult): void {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(18)} ${(durationMs / 1000).toFixed(1).padStart(5)} s`);
  if (!ok || isVerbose) console.log(output.replace(/^/gm, '       '));
}
