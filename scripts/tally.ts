import { relative } from 'node:path';
import * as z from 'zod';

/** What one runner did. */
export interface Tally {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

const vitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), success: z.boolean() });

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
});

/** Reads Vitest's JSON report; `undefined` stands for a report that was not written. */
export function tallyVitest(name: string, report: unknown, exitCode: number): Tally {
  const parsed = vitestReport.safeParse(report);
  if (!parsed.success) return broken(name);
  const { numPassedTests, numFailedTests, success } = parsed.data;
  return honest({ name, passed: numPassedTests, failed: numFailedTests }, success && exitCode === 0);
}

/** Reads Playwright's JSON report; a flaky test is a failed one. */
export function tallyPlaywright(name: string, report: unknown, exitCode: number): Tally {
  const parsed = playwrightReport.safeParse(report);
  if (!parsed.success) return broken(name);
  const { expected, unexpected, flaky } = parsed.data.stats;
  return honest({ name, passed: expected, failed: unexpected + flaky }, exitCode === 0);
}

export function sumUp(tallies: readonly Tally[]): { readonly passed: number; readonly failed: number } {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function broken(name: string): Tally {
  return { name, passed: 0, failed: 1 };
}

/** A runner that failed outside a test, or that ran none, counts as one failure. */
function honest(tally: Tally, ok: boolean): Tally {
  const isEmpty = tally.passed + tally.failed === 0;
  return tally.failed === 0 && (!ok || isEmpty) ? { ...tally, failed: 1 } : tally;
}

/** What became of the tests of one file. */
export interface FileTally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const filesReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** Reads the same report file by file, by their paths below `root`. What neither passed nor failed was skipped. */
export function tallyFiles(report: unknown, root: string): ReadonlyMap<string, FileTally> {
  const parsed = filesReport.safeParse(report);
  const files = new Map<string, FileTally>();
  for (const { name, status, assertionResults } of parsed.success ? parsed.data.testResults : []) {
    const count = (wanted: string) => assertionResults.filter((result) => result.status === wanted).length;
    const [passed, failed] = [count('passed'), count('failed')];
    const isBroken = status === 'failed' && failed === 0;
    const skipped = assertionResults.length - passed - failed;
    files.set(relative(root, name), { passed, failed: isBroken ? 1 : failed, skipped });
  }
  return files;
}
