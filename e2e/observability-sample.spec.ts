import { expect, test } from '@playwright/test';
import { type RunningDev, startDev } from './start-dev.ts';

let dev: RunningDev;

test.beforeAll(async () => {
  dev = await startDev();
});

test.afterAll(async () => {
  await dev[Symbol.asyncDispose]();
});

// specs/004 "Sample Test (Playwright)", as printed there; the ports differ only where 5173 or 4000 is taken.
test('WebSocket receives events in real-time', async ({ page }) => {
  // Connect to dashboard
  await page.goto(`http://localhost:${dev.webPort}`);

  // Wait for WebSocket connection
  await page.waitForSelector('.status-connected');

  // Submit event via HTTP
  const response = await fetch(`http://localhost:${dev.serverPort}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      timestamp: new Date().toISOString(),
      source_app: 'test-app',
      event_type: 'PreToolUse',
      tool_name: 'test_tool',
      summary: 'Test event',
    }),
  });

  expect(response.status).toBe(201);

  // Verify event appears in dashboard within 1 second
  await page.waitForSelector('.event:has-text("Test event")', { timeout: 1000 });
});
