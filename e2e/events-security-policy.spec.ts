import { expect, test } from '@playwright/test';
import { publish } from './publish.ts';
import { startServer } from './start-server.ts';

test('the page works under a content security policy without unsafe-inline', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'one', session_id: 's' });
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  });
  const violations = () => page.evaluate<string[]>('window.violations');
  const answer = await page.goto(`${server.url}/events`);
  expect(answer?.headers()['content-security-policy']).not.toContain('unsafe');
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
