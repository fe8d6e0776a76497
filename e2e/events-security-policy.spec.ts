import { expect, type Page, test } from '@playwright/test';
import { publish } from './publish.ts';
import { startServer } from './start-server.ts';

const POLICY = "default-src 'self'; connect-src 'self' ws:; frame-ancestors 'none'; base-uri 'none'";

// A document that Playwright answers has no address, and Chromium then keeps it from sockets on this machine.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const features = '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets';
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), features] });
  },
});

test('the page works under a content security policy without unsafe-inline', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'one', session_id: 's' });
  await addPolicy(page);
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  });
  const violations = () => page.evaluate<string[]>('window.violations');
  await page.goto(`${server.url}/events`);
  await page.waitForSelector('.status-connected');
  await page.locator('.event').click();
  await page.getByRole('combobox', { name: 'App' }).click();
  await expect(page.getByRole('option', { name: 'shop' })).toBeVisible();
  await expect(page.locator('canvas')).toBeVisible();
  expect(await violations()).toEqual([]);
  await page.evaluate(() => document.head.append(document.createElement('style')));
  await page.evaluate(() => document.querySelector('style')?.append('p {}'));
  await expect.poll(violations).toContain('style-src-elem');
});

async function addPolicy(page: Page): Promise<void> {
  await page.route('**/events', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': POLICY } });
  });
}
