import { defineConfig } from '@playwright/test';

/** Minutes of many messages, and what they cost the page: `npm run test:reliability` has the time for them. */
const UNDER_LOAD = /(live-counts|frame-rate|first-render)\.spec\.ts$/;

/** Real browser tests; the server comes from the fixture in `e2e/`, so no port has to be free. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/build-dashboard.ts',
  projects: [
    { name: 'pages', testMatch: '**/*.spec.ts', testIgnore: UNDER_LOAD },
    { name: 'under-load', testMatch: UNDER_LOAD },
  ],
  outputDir: 'test-results',
  // Both only end what hangs: a machine whose processors are taken away stands still for half a minute now and then.
  // What has to be quick says its own limit.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  // Browser and server have two cores between them: a second test would slow both down.
  workers: 1,
  reporter: 'list',
  use: {
    headless: true,
    // Every page is recorded to keep those of failures, which takes a good part of two cores. CI says what failed.
    screenshot: process.env.CI === undefined ? 'only-on-failure' : 'off',
    trace: process.env.CI === undefined ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
