export type Verdict = 'ok' | 'warn' | 'fail';

/** What was looked at, what was found, and what to do about it. */
export interface CheckResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** Present unless the verdict is `ok`. */
  readonly advice?: string;
}

export function ok(name: string, found: string): CheckResult {
  return { name, verdict: 'ok', found };
}

export function warn(name: string, found: string, advice: string): CheckResult {
  return { name, verdict: 'warn', found, advice };
}

export function fail(name: string, found: string, advice: string): CheckResult {
  return { name, verdict: 'fail', found, advice };
}

/** Whether a version such as 3.51.3 is at least another, compared number by number. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  for (const [index, wanted] of want.entries()) {
    const found = have[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
}
