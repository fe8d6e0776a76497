import { expect, type Page, test } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { openByLink } from './open-by-link.ts';
import { report, reportBoth } from './report.ts';
import { startServer } from './start-server.ts';
import { tryAgain } from './try-again.ts';

const table = (page: Page, name: string) => page.getByRole('table', { name });
const drawer = (page: Page) => page.getByRole('dialog');

async function open(page: Page, url: string, query = ''): Promise<void> {
  await page.goto(`${url}/reconciliation${query}`);
  await page.waitForSelector('.status-connected');
  await expect(table(page, 'Services')).toBeVisible();
}

/** A service whose sides do not agree. */
const differing = (url: string) =>
  report(
    url,
    { service: 'billing', side: 'expected', counts: { invoices: 1_204, refunds: 12 }, jobIds: ['job-1', 'job-2'] },
    { service: 'billing', side: 'actual', counts: { invoices: 1_199, refunds: 12 }, jobIds: ['job-1'], latencyMs: 12 },
  );

test('a service shows its status, both sides, its age and its latency, and everything else in the drawer', async ({
  page,
}) => {
  await using server = await startServer();
  await differing(server.url);
  await open(page, server.url);
  const row = table(page, 'Services').getByRole('row', { name: /billing/ });
  await expect(row).toContainText(/Discrepancy.*invoices 1,204.*invoices 1,199.*12 ms/);
  await expect(row).toContainText(/[1-9] s$/);
  await row.getByRole('button', { name: 'billing' }).press('Enter');
  await expect(drawer(page).getByRole('heading', { name: 'billing' })).toBeVisible();
  await expect(page).toHaveURL(/open=billing/);
  await expect(drawer(page).getByRole('row', { name: /invoices/ })).toHaveText('invoices1,2041,199−5');
  await expect(drawer(page).getByRole('region', { name: 'Missing ids' }).getByRole('listitem')).toHaveText(['job-2']);
  const history = drawer(page).getByRole('region', { name: 'History' }).getByRole('listitem');
  await expect(history.first()).toContainText('Discrepancy');
  await report(server.url, { service: 'billing', side: 'actual', counts: { invoices: 1_204, refunds: 12 } });
  await reportBoth(server.url, 'billing', 3);
  await expect(history.first()).toContainText('Verified');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
  await expect(row.getByRole('button', { name: 'billing' })).toBeFocused();
});

test('a service that stops reporting turns stale by itself', async ({ page }) => {
  await using server = await startServer({ env: { MILLRACE_STALE_AFTER_MS: '1500' } });
  await reportBoth(server.url, 'billing', 10);
  await open(page, server.url);
  const row = table(page, 'Services').getByRole('row', { name: /billing/ });
  await expect(row).toContainText('Stale');
  await expect(row).toContainText('no report for a while');
});

test('the audit is filtered and paged in the URL, counts what is new, and copies JSON', async ({ page, context }) => {
  await using server = await startServer();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (let round = 0; round < 16; round += 1) await reportBoth(server.url, 'billing', round, round);
  await open(page, server.url, '?service=billing');
  const entries = table(page, 'Audit').locator('tbody tr');
  await expect(entries).toHaveCount(25);
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(entries).toHaveCount(7);
  await page.reload();
  await expect(entries).toHaveCount(7);
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'verified' }).click();
  await expect(page).toHaveURL(/status=verified/);
  await expect(page).not.toHaveURL(/page=/);
  // The rows of before stand until the answer has come.
  await expect
    .poll(async () => (await entries.count()) - (await entries.filter({ hasText: 'Verified' }).count()))
    .toBe(0);
  await reportBoth(server.url, 'archive', 1);
  await reportBoth(server.url, 'billing', 99, 99);
  const badge = page.getByRole('button', { name: /new entr(y|ies)/ });
  await expect(badge).toHaveText('1 new entry');
  const before = await entries.count();
  await badge.click();
  await expect(badge).toHaveCount(0);
  expect(await entries.count()).toBeGreaterThanOrEqual(Math.min(before + 1, 25));
  await entries
    .first()
    .getByRole('button', { name: /as JSON/ })
    .click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toMatchObject({ service: 'billing', status: 'verified', counts: { rows: 99 } });
});

test('a request that is limited counts down and is repeated by itself', async ({ page }) => {
  await using server = await startServer();
  await reportBoth(server.url, 'billing', 1);
  let requests = 0;
  await page.route('**/reconciliation/audit*', (route) => {
    requests += 1;
    return requests === 1 ? route.fulfill({ status: 429, headers: { 'Retry-After': '2' } }) : route.continue();
  });
  await openByLink(page, server.url, 'Reconciliation');
  await expect(page.getByText('Too many requests: the server asks to wait.')).toBeVisible();
  await expect(page.getByRole('timer')).toHaveText(/Trying again in [12] s/);
  await expect(table(page, 'Audit')).toBeVisible();
  expect(requests).toBe(2);
});

test('what cannot be loaded says so, and offers the way back', async ({ page }) => {
  await using server = await startServer();
  await reportBoth(server.url, 'billing', 1);
  await page.route('**/reconciliation/latest', (route) => route.fulfill({ status: 500 }));
  await page.clock.install();
  await openByLink(page, server.url, 'Reconciliation');
  await expect(page.getByRole('heading', { name: 'Reconciliation cannot be loaded' })).toBeVisible();
  await tryAgain(page, '/reconciliation/latest');
  await expect(table(page, 'Services')).toBeVisible();
});

test('axe finds nothing on the page, its drawer, a lost connection and a small screen', async ({ page }) => {
  const server = await startServer();
  await differing(server.url);
  await reportBoth(server.url, 'archive', 1);
  await report(server.url, { service: 'waiting', side: 'expected', counts: { rows: 1 } });
  await open(page, server.url);
  await expect(table(page, 'Audit')).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: 'billing', exact: true }).click();
  await expect(drawer(page).getByRole('listitem').first()).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await server.stop('SIGKILL');
  await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
});
