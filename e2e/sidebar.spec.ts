import { expect, type Page, test } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { type RunningServer, startServer } from './start-server.ts';

let server: RunningServer;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(() => server.stop());

const shell = (page: Page) => page.locator('#tau-ops-shell');
const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages' });
const toggle = (page: Page) => page.getByRole('button', { name: /^(Collapse|Expand) sidebar$/ });
const widthOf = async (page: Page) => (await pages(page).boundingBox())?.width ?? 0;

test('is collapsed to icons that keep their names, and the server remembers it', async ({ page, browser, context }) => {
  await page.goto(`${server.url}/channels`);
  await expect(page.locator('.status-connected')).toBeVisible();
  await expect(shell(page)).toHaveAttribute('data-sidebar-state', 'expanded');
  const expanded = await widthOf(page);
  await toggle(page).click();
  await expect(shell(page)).toHaveAttribute('data-sidebar-state', 'collapsed');
  expect(await widthOf(page)).toBeLessThan(expanded / 2);
  await pages(page).getByRole('link', { name: 'Users' }).click();
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible();

  const cookies = await context.cookies();
  await using scriptless = await browser.newContext({ javaScriptEnabled: false });
  await scriptless.addCookies(cookies);
  const rendered = await scriptless.newPage();
  await rendered.goto(`${server.url}/users`);
  await expect(shell(rendered)).toHaveAttribute('data-sidebar-state', 'collapsed');
  await expect(pages(rendered).getByRole('link', { name: 'Users' })).toHaveAttribute('aria-current', 'page');
  expect(await widthOf(rendered)).toBeLessThan(expanded / 2);

  await page.reload();
  await toggle(page).click();
  await expect(shell(page)).toHaveAttribute('data-sidebar-state', 'expanded');
  expect(await widthOf(page)).toBe(expanded);
});

test('says which page is shown, of a page with a parameter too', async ({ page }) => {
  for (const [path, route] of [
    ['/', 'home'],
    ['/users/nobody', 'users'],
    ['/reconciliation', 'reconciliation'],
  ]) {
    await page.goto(server.url + path);
    await expect(shell(page)).toHaveAttribute('data-active-route', `${route}`);
    await expect(shell(page)).toHaveAttribute('data-app', 'tau-ops-dashboard');
  }
});

test('says the colours that are shown: the chosen ones, else those of the system', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(server.url);
  await expect(shell(page)).toHaveAttribute('data-theme', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(shell(page)).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: 'Switch to light' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(shell(page)).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  await expect(shell(page)).toHaveAttribute('data-theme', 'dark');
  const html = await (await page.request.get(server.url, { headers: { accept: 'text/html' } })).text();
  expect(html).toMatch(/id="tau-ops-shell"[^>]* data-theme="dark"/);
});

test('the keyboard reaches the content first, then the pages in their order', async ({ page }) => {
  await page.goto(`${server.url}/messages`);
  await expect(page.locator('.status-connected')).toBeVisible();
  await page.keyboard.press('Tab');
  const skip = page.locator('#tau-ops-skip-to-main');
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Tab');
  await expect(pages(page).getByRole('link').first()).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('is a bar of names on a small screen, with the shown page in sight', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${server.url}/audit`);
  const link = pages(page).getByRole('link', { name: 'Audit' });
  await expect(link).toBeInViewport();
  await expect(toggle(page)).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('axe finds nothing on it, expanded, collapsed and as a bar', async ({ page }) => {
  await page.goto(`${server.url}/channels`);
  await expect(page.locator('.status-connected')).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await toggle(page).click();
  expect(await findings(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await findings(page)).toEqual([]);
});
