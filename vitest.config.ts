import react from '@vitejs/plugin-react';
import { configDefaults, defineConfig } from 'vitest/config';
import { PROMISE_TESTS } from './scripts/promises.ts';

/** Minutes of faults and of foreign input: `npm run test:reliability` has the time for them. */
const LONG_TESTS = ['tests/reliability/**/*.test.ts', 'tests/network/**/*.test.ts', 'tests/hostile/**/*.test.ts'];
/** Mostly waits for what a server does every so often, so that something else can run beside it. */
const CONFORMANCE = 'tests/conformance.test.ts';

/** Run by `bun --bun vitest`, so that tests meet the runtime the server has. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          environment: 'node',
          // Real disks and loaded machines take their time; what hangs is still ended.
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'web',
          include: ['src/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...LONG_TESTS, CONFORMANCE],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Whole servers share two cores with their clients: one file at a time.
          fileParallelism: false,
          // What is waited for comes when the machine gets to it; a second is short for a loaded one.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        // `npm run test:reliability`: files of the projects above, at greater length.
        test: {
          name: 'reliability',
          include: [...new Set([...PROMISE_TESTS, ...LONG_TESTS])],
          environment: 'node',
          testTimeout: 20 * 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        // Part of `npm run test:reliability` too.
        test: {
          name: 'conformance',
          include: [CONFORMANCE],
          environment: 'node',
          testTimeout: 20 * 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
