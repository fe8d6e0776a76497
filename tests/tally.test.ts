import { expect, test } from 'vitest';
import { sumUp, tallyFiles, tallyPlaywright, tallyVitest } from '../scripts/tally.ts';

const vitestReport = (passed: number, failed: number) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  success: failed === 0,
});
const playwrightReport = (expected: number, unexpected: number, flaky = 0) => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
});

test('counts what the runners report', () => {
  const tallies = [
    tallyVitest('unit', vitestReport(7, 0), 0),
    tallyVitest('system', vitestReport(3, 2), 1),
    tallyPlaywright('browser', playwrightReport(4, 1), 1),
  ];
  expect(sumUp(tallies)).toEqual({ passed: 14, failed: 3 });
});

test.each([
  ['ran no test', tallyVitest('unit', vitestReport(0, 0), 0)],
  ['ran no browser test', tallyPlaywright('browser', playwrightReport(0, 0), 0)],
  ['wrote no report', tallyVitest('unit', undefined, 0)],
  ['wrote something else', tallyPlaywright('browser', { errors: [] }, 0)],
  ['failed outside a test', tallyVitest('unit', vitestReport(5, 0), 1)],
  ['could not load a file', tallyVitest('unit', { ...vitestReport(5, 0), success: false }, 0)],
  ['ended badly after passing', tallyPlaywright('browser', playwrightReport(5, 0), 1)],
])('a runner that %s counts as one failure', (_, { failed }) => {
  expect(failed).toBe(1);
});

test('a flaky browser test is a failed one', () => {
  expect(tallyPlaywright('browser', playwrightReport(5, 0, 1), 0)).toMatchObject({ passed: 5, failed: 1 });
});

test('file by file, what was skipped and a file that could not be loaded stand out', () => {
  const file = (name: string, status: string, ...statuses: readonly string[]) => ({
    name: `/project/tests/${name}`,
    status,
    assertionResults: statuses.map((one) => ({ status: one })),
  });
  const testResults = [
    file('a.test.ts', 'passed', 'passed', 'passed'),
    file('b.test.ts', 'failed', 'passed', 'failed', 'skipped', 'pending'),
    file('c.test.ts', 'failed'),
  ];
  expect(Object.fromEntries(tallyFiles({ testResults }, '/project'))).toEqual({
    'tests/a.test.ts': { passed: 2, failed: 0, skipped: 0 },
    'tests/b.test.ts': { passed: 1, failed: 1, skipped: 2 },
    'tests/c.test.ts': { passed: 0, failed: 1, skipped: 0 },
  });
  expect(tallyFiles(undefined, '/project').size).toBe(0);
});
