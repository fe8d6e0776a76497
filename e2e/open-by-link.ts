import { expect, type Page } from '@playwright/test';

/** Comes to a page by the navigation, so that the browser loads its data: the server would send it along. */
export async function openByLink(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/nowhere`);
  await takenOver(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
}

/** Waits until the browser has taken over what the server rendered: until then, buttons don't answer. */
export async function takenOver(page: Page): Promise<void> {
  await expect(page.locator('main')).toHaveAttribute('data-hydrated', 'true');
}
