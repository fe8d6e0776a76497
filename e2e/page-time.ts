import { expect, type Page } from '@playwright/test';

/** Stops the page's clock: from now on its time passes by `page.clock.runFor` alone, however slow the machine is. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
}

/** The length of a tick; what is measured is never less by more than this. */
const TICK_MS = 50;

/**
 * Waits for something that a spec allows a page a time for, counted in ticks of a timer of the page: a machine that
 * stands still lets none of them pass. Fails when it came too late.
 */
export async function expectWithin(page: Page, limitMs: number, shown: () => Promise<void>): Promise<void> {
  const ticks = await page.evaluateHandle((everyMs) => {
    const counted = { ticks: 0, stop: () => clearInterval(timer) };
    const timer = setInterval(() => {
      counted.ticks += 1;
    }, everyMs);
    return counted;
  }, TICK_MS);
  await shown();
  const count = await ticks.evaluate((counted) => {
    counted.stop();
    return counted.ticks;
  });
  expect(count * TICK_MS, 'milliseconds of the page').toBeLessThanOrEqual(limitMs);
}
