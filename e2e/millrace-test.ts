import { test as base } from '@playwright/test';
import { type RunningServer, startServer } from './start-server.ts';

/** Playwright's `test` with a real server on a free port and a scratch data folder; `page.goto('/')` goes there. */
export const test = base.extend<{ baseURL: string }, { server: RunningServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
    async ({}, use) => {
      await using server = await startServer();
      await use(server);
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
});
