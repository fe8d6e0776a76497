import { expect, type Locator, type Page } from '@playwright/test';
import { startRunningTime } from '../tests/support/running-time.ts';

/**
 * Stops the page's clock, which the test has installed: from now on its time passes by `page.clock.runFor` alone, however
 * slow the machine is.
 */
export async function stopClock(page: Page): Promise<void> {
  // A moment of the future, and again where that has passed meanwhile.
  await expect(async () => page.clock.pauseAt((await timeOf(page)) + 500)).toPass();
}

/** What the page takes for now. */
export const timeOf = (page: Page) => page.evaluate(() => Date.now());

/** Lets the time of a page whose clock stands pass until something is shown, and gives the time of the page then. */
export async function runUntil(page: Page, shown: Locator): Promise<number> {
  await expect(async () => {
    await page.clock.runFor(STEP_MS);
    await expect(shown).toBeVisible({ timeout: 1 });
  }).toPass({ intervals: [0] });
  return timeOf(page);
}

/** By as much is a time of {@link runUntil} late. */
export const STEP_MS = 250;

/**
 * Waits for something that a spec allows a page a time for, counted here, outside the page and the server: one of them
 * that hangs is late, a machine that stands still is not. Fails when it came too late.
 */
export async function expectWithin(limitMs: number, shown: () => Promise<void>): Promise<void> {
  using time = startRunningTime();
  await shown();
  expect(time.ms).toBeLessThanOrEqual(limitMs);
}
