import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';

/** A test that failed, and how: CI may keep no more than the end of what was printed. */
export interface Failure {
  readonly test: string;
  /** The first lines of the first error, without colours. */
  readonly reason: string;
}

/** Lines of an error that are kept: what was expected and what came, no stack. */
const REASON_LINES = 14;

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Reads Vitest's JSON report; files are named by their paths below `root`. */
export function vitestFailures(report: unknown, root: string): readonly Failure[] {
  const parsed = vitestReport.safeParse(report);
  const files = parsed.success ? parsed.data.testResults : [];
  return files.flatMap(({ name: path, message, status, assertionResults }) => {
    const name = relative(root, path);
    const failed = assertionResults
      .filter((result) => result.status === 'failed')
      .map(({ fullName, failureMessages }) => failure(`${name} › ${fullName}`, failureMessages?.[0]));
    return failed.length === 0 && status === 'failed' ? [failure(name, message)] : failed;
  });
}

const playwrightResult = z.object({ errors: z.array(z.object({ message: z.string().optional() })) });
const playwrightSpec = z.object({
  title: z.string(),
  ok: z.boolean(),
  file: z.string(),
  line: z.number(),
  tests: z.array(z.object({ results: z.array(playwrightResult) })),
});
const playwrightSuite = z.object({
  specs: z.array(playwrightSpec).optional(),
  get suites() {
    return z.array(playwrightSuite).optional();
  },
});
const playwrightReport = z.object({
  suites: z.array(playwrightSuite),
  errors: z.array(z.object({ message: z.string().optional() })).optional(),
});

/** Reads Playwright's JSON report. */
export function playwrightFailures(report: unknown): readonly Failure[] {
  const parsed = playwrightReport.safeParse(report);
  if (!parsed.success) return [];
  const specs = parsed.data.suites.flatMap(specsOf).filter(({ ok }) => !ok);
  return [
    ...(parsed.data.errors ?? []).map(({ message }) => failure('outside a test', message)),
    ...specs.map(({ title, file, line, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
      return failure(`${file}:${line} › ${title}`, errors[0]?.message);
    }),
  ];
}

function specsOf({ specs = [], suites = [] }: z.infer<typeof playwrightSuite>): z.infer<typeof playwrightSpec>[] {
  return [...specs, ...suites.flatMap(specsOf)];
}

function failure(test: string, message = 'gave no reason'): Failure {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, REASON_LINES);
  return { test, reason: lines.join('\n') };
}
