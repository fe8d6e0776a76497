import { expect, test } from 'vitest';
import { playwrightFailures, vitestFailures } from '../scripts/failures.ts';

test('names the tests that failed, with the first lines of their errors', () => {
  const assertionResults = [
    { fullName: 'counts', status: 'passed', failureMessages: [] },
    { fullName: 'adds', status: 'failed', failureMessages: ['\u001b[31mexpected 2\u001b[39m\ngot 3'] },
  ];
  const report = {
    testResults: [
      { name: '/project/tests/a.test.ts', status: 'failed', message: '', assertionResults },
      { name: '/project/tests/b.test.ts', status: 'failed', message: 'cannot be loaded', assertionResults: [] },
    ],
  };
  expect(vitestFailures(report, '/project')).toEqual([
    { test: 'tests/a.test.ts › adds', reason: 'expected 2\ngot 3' },
    { test: 'tests/b.test.ts', reason: 'cannot be loaded' },
  ]);
});

test('names the browser tests that failed, however deep they stand', () => {
  const spec = (title: string, message?: string) => ({
    title,
    ok: message === undefined,
    file: 'a.spec.ts',
    line: 7,
    tests: [{ results: [{ errors: message === undefined ? [] : [{ message }] }] }],
  });
  const report = {
    suites: [{ specs: [spec('opens')], suites: [{ specs: [spec('closes', 'it did not')] }] }],
    errors: [{ message: 'no browser' }],
  };
  expect(playwrightFailures(report)).toEqual([
    { test: 'outside a test', reason: 'no browser' },
    { test: 'a.spec.ts:7 › closes', reason: 'it did not' },
  ]);
});

test('a long error is cut, and a report that was not written names nothing', () => {
  const failureMessages = [Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n')];
  const assertionResults = [{ fullName: 'adds', status: 'failed', failureMessages }];
  const report = { testResults: [{ name: '/project/a.test.ts', status: 'failed', assertionResults }] };
  expect(vitestFailures(report, '/project')[0]?.reason.split('\n')).toHaveLength(14);
  expect(vitestFailures(undefined, '/project')).toEqual([]);
  expect(playwrightFailures(undefined)).toEqual([]);
});
