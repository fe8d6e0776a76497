import react from '@vitejs/plugin-react';
import { configDefaults, defineConfig } from 'vitest/config';
import { PROMISE_TESTS } from './scripts/promises.ts';

/** Minutes of faults and of foreign input: `npm run test:reliability` has the time for them. */
const LONG_TESTS = ['tests/reliability/**/*.test.ts', 'tests/network/**/*.test.ts', 'tests/hostile/**/*.test.ts'];
/** Mostly waits for what a server does every so often, so that something else can run beside it. */
const CONFORMANCE = 'tests/conformance.test.ts';
/** Limits only end what hangs: a machine whose processors are taken away stands still for half a minute now and then. */
const PATIENCE = { testTimeout: 240_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

/** Run by `bun --bun vitest`, so that tests meet the runtime the server has. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          environment: 'node',
          ...PATIENCE,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'web',
          include: ['src/**/*.test.tsx'],
          environment: 'happy-dom',
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...LONG_TESTS, CONFORMANCE],
          environment: 'node',
          ...PATIENCE,
          // Whole servers share two cores with their clients: one file at a time.
          fileParallelism: false,
        },
      },
      {
        // `npm run test:reliability`: files of the projects above, at greater length.
        test: {
          name: 'reliability',
          include: [...new Set([...PROMISE_TESTS, ...LONG_TESTS])],
          environment: 'node',
          ...PATIENCE,
          testTimeout: 20 * 60_000,
          fileParallelism: false,
        },
      },
      {
        // Part of `npm run test:reliability` too.
        test: {
          name: 'conformance',
          include: [CONFORMANCE],
          environment: 'node',
          ...PATIENCE,
          testTimeout: 20 * 60_000,
        },
      },
    ],
  },
});
