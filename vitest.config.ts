import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Run by `bun --bun vitest`, so that tests meet the runtime the server has. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'web',
          include: ['src/**/*.test.tsx'],
          environment: 'happy-dom',
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Whole servers share two cores with their clients: one file at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});
