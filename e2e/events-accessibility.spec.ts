import { expect, test } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { openByLink } from './open-by-link.ts';
import { publish } from './publish.ts';
import { startServer } from './start-server.ts';
import { tryAgain } from './try-again.ts';

/** Enough names that every hue is on the page. */
const manyNames = Array.from({ length: 40 }, (_, index) => ({
  source_app: `app-${index}`,
  session_id: `session-${index}`,
  event_type: index % 2 === 0 ? `Type${index}` : 'PreToolUse',
  tool_name: 'Bash',
  summary: `event ${index}`,
  metadata: '{"a":1}',
}));

test.use({ viewport: { width: 1440, height: 1400 } });

test('axe finds nothing on the empty page', async ({ page }) => {
  await using server = await startServer();
  await page.goto(`${server.url}/events`);
  await page.waitForSelector('.status-connected');
  await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test('axe finds nothing on a filled page, an open event, an open filter and a lost connection', async ({ page }) => {
  const server = await startServer();
  await publish(server.url, ...manyNames);
  await page.goto(`${server.url}/events`);
  await page.waitForSelector('.status-connected');
  await expect(page.locator('canvas')).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.locator('.event').nth(2).click();
  await expect(page.getByRole('complementary', { name: 'Event details' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'App' }).click();
  await page.getByRole('option').nth(3).hover();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('option').nth(3).click();
  await expect(page).toHaveURL(/source_app/);
  await server.stop('SIGKILL');
  await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test('axe finds nothing on a small screen and where nothing could be loaded', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, ...manyNames);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.clock.install();
  await page.goto(`${server.url}/events`);
  await page.waitForSelector('.status-connected');
  await page.getByRole('button', { name: 'Sessions', exact: true }).click();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close sessions' }).click();
  await page.locator('.event').nth(1).click();
  expect(await findings(page)).toEqual([]);
  await page.route('**/events/recent*', (route) => route.fulfill({ status: 500 }));
  await openByLink(page, server.url, 'Events');
  await expect(page.getByRole('heading', { name: 'Events cannot be loaded' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await tryAgain(page, '/events/recent');
  await expect(page.locator('.event').first()).toBeVisible();
});
