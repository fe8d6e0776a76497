import { expect, test } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { openByLink } from './open-by-link.ts';
import { publish } from './publish.ts';
import { sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';

/** Enough names that every hue is on the page. */
const manyNames = Array.from({ length: 40 }, (_, index) => ({
  channel: `channel-${index % 9}`,
  user: `user-${index}`,
  text: `message ${index} ${'and more '.repeat(index)}`,
}));

test.use({ viewport: { width: 1440, height: 1400 } });

test('axe finds nothing on the empty pages, nor while they load', async ({ page }) => {
  await using server = await startServer();
  for (const name of ['Home', 'Messages']) {
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/messages?*', async (route) => {
      await held;
      await route.continue();
    });
    await openByLink(page, server.url, name);
    await expect(page.getByText('Loading messages…')).toBeAttached();
    expect(await findings(page)).toEqual([]);
    answer();
    await expect(page.getByRole('heading', { name: 'No messages yet' })).toBeVisible();
    await page.waitForSelector('.status-connected');
    expect(await findings(page)).toEqual([]);
    await page.unrouteAll();
  }
});

test('axe finds nothing on the live start page, and when its connection is lost', async ({ page }) => {
  const server = await startServer();
  await sendMessages(server.url, ...manyNames);
  await publish(server.url, { summary: 'an event' });
  await page.goto(server.url);
  await page.waitForSelector('.status-connected');
  await expect(page.locator('.message')).toHaveCount(40);
  await expect(page.locator('.event')).toHaveCount(1);
  expect(await findings(page)).toEqual([]);
  await server.stop('SIGKILL');
  await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test('axe finds nothing on the live list, an open message, a linked one, a search and a lost connection', async ({
  page,
}) => {
  const server = await startServer();
  await sendMessages(server.url, ...manyNames);
  await page.goto(`${server.url}/messages?around=mr-30`);
  await page.waitForSelector('.status-connected');
  await expect(page.getByText('linked', { exact: true })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.locator('.message').nth(2).click();
  await expect(page.getByRole('complementary', { name: 'Message details' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'Channel' }).click();
  await page.getByRole('option').nth(3).hover();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('searchbox', { name: 'Search messages' }).fill('nowhere');
  await expect(page.getByRole('heading', { name: 'No messages match' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await server.stop('SIGKILL');
  await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test('axe finds nothing on small screens and where nothing could be loaded', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, ...manyNames);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ['Home', 'Messages']) {
    await openByLink(page, server.url, name);
    await page.waitForSelector('.message');
    await page.waitForSelector('.status-connected');
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.route('**/api/messages?*', (route) => route.fulfill({ status: 500 }));
    await openByLink(page, server.url, name);
    await expect(page.getByRole('heading', { name: 'Messages cannot be loaded' })).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.unrouteAll();
  }
  await page.getByRole('link', { name: 'Reconciliation' }).click();
  await expect(page).toHaveURL(/\/reconciliation/);
});
