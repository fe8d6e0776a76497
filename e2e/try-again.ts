import { expect, type Page } from '@playwright/test';
import { stopClock } from './page-time.ts';

/** How the page says when it tries again by itself: while it does, nothing is under way. */
export const nextTry = (page: Page) =>
  page
    .getByText(/^(Trying again )?in \d+ s$/)
    .filter({ visible: true })
    .first();

/**
 * Presses "Try again" on a page whose requests fail by a route, and shows that it is the button that asks the server: the
 * clock of the page stands, so that nothing is tried by itself until the answer has come. The clock has to be the test's
 * own from the start: `page.clock.install()` before the page is opened.
 */
export async function tryAgain(page: Page, path: string): Promise<void> {
  const countdown = nextTry(page);
  await stopClock(page);
  // Nothing is under way: the page waits for a time that does not come.
  await expect(countdown).toBeVisible();
  await page.unrouteAll({ behavior: 'wait' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await expect(countdown).toBeVisible();
  expect(asked).toEqual([]);
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path && response.ok());
  await page.getByRole('button', { name: 'Try again' }).click();
  await answered;
  await page.clock.resume();
}
