import { expect, test } from '@playwright/test';
import { findings, overflow } from './axe-findings.ts';
import { openByLink } from './open-by-link.ts';
import { numbered, sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';
import { badge, row, table } from './summary-table.ts';
import { tryAgain } from './try-again.ts';

/** Enough names that every hue is on the page. */
const people = Array.from({ length: 40 }, (_, index) => ({ user: `user-${index}`, channel: `#channel-${index % 5}` }));

test.use({ viewport: { width: 1440, height: 1_400 } });

for (const title of ['Channels', 'Users'] as const) {
  const path = title.toLowerCase();

  test(`axe finds nothing on ${path} while loading, empty, failed`, async ({ page }) => {
    await using server = await startServer();
    const held: (() => void)[] = [];
    await page.clock.install();
    await page.route(`**/api/${path}*`, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await openByLink(page, server.url, title);
    await expect(page.getByText(`Loading ${path}…`)).toBeAttached();
    expect(await findings(page)).toEqual([]);
    for (const release of held) release();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect(page.getByRole('heading', { name: `No ${path} yet` })).toBeVisible();
    await expect(badge(page, 'Connected')).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.route(`**/api/${path}*`, (route) => route.fulfill({ status: 500 }));
    await openByLink(page, server.url, title);
    await expect(page.getByRole('heading', { name: `${title} cannot be loaded` })).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await tryAgain(page, `/api/${path}`);
    await expect(page.getByRole('heading', { name: `No ${path} yet` })).toBeVisible();
    await sendMessages(server.url, ...people);
    await expect(table(page, title)).toBeVisible();
  });

  test(`axe finds nothing on ${path} live, with a menu, a dialog, a deleted row, disconnected`, async ({ page }) => {
    const server = await startServer();
    await sendMessages(server.url, ...people);
    await page.goto(`${server.url}/${path}`);
    await expect(badge(page, 'Connected')).toBeVisible();
    await expect(table(page, title)).toBeVisible();
    expect(await findings(page)).toEqual([]);
    const name = title === 'Channels' ? '#channel-1' : 'user-1';
    await page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
    await page.getByRole('menuitem').last().hover();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('menuitem').last().click();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await expect(row(page, title, name)).toContainText('deleted');
    expect(await findings(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await server.stop('SIGKILL');
    await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });
}

test('axe finds nothing on a user, live, unknown, deleted, failed, disconnected', async ({ page }) => {
  const server = await startServer();
  await sendMessages(server.url, ...people, ...numbered(60, 'm', { user: 'ada' }));
  await page.clock.install();
  await page.goto(`${server.url}/users/nobody`);
  await expect(page.getByRole('heading', { name: 'No such user' })).toBeVisible();
  await expect(badge(page, 'Connected')).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.route('**/api/users/*', (route) => route.fulfill({ status: 500 }));
  await openByLink(page, server.url, 'Users');
  await page.getByRole('link', { name: 'ada', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'This user cannot be loaded' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await tryAgain(page, '/api/users/ada');
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'ada', exact: true, level: 2 })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await fetch(`${server.url}/api/users/ada`, { method: 'DELETE' });
  await expect(page.getByText('This user was deleted.')).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await server.stop('SIGKILL');
  await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});
