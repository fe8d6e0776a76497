import type { Page } from '@playwright/test';

/**
 * Presses "Try again" where requests fail by a route, sees that it asks the server, and lets requests succeed from then on.
 * The page tries by itself as well, and may be the faster one.
 */
export async function tryAgain(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Try again' });
  const asked = page.waitForRequest(() => true);
  await button.click();
  await asked;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await button.click({ timeout: 2_000 }).catch(() => {});
}
