import { expect, type Locator, type Page } from '@playwright/test';

export type SummaryTitle = 'Channels' | 'Users';

export const table = (page: Page, title: SummaryTitle) => page.getByRole('table', { name: title });

/** The row of a name; names are links, or plain text once deleted. */
export const row = (page: Page, title: SummaryTitle, name: string): Locator =>
  table(page, title)
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

export const badge = (page: Page, text: string) =>
  page.getByRole('status', { name: `Connection: ${text}`, exact: true });

export const figure = (page: Page, label: string) =>
  page.locator('dl > div').filter({ has: page.getByText(label, { exact: true }) });

/** Opens a list and waits until it is live. */
export async function openList(page: Page, url: string, title: SummaryTitle, query = ''): Promise<void> {
  await page.goto(`${url}/${title.toLowerCase()}${query}`);
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(table(page, title)).toBeVisible();
}

/** Name and count of every row in sight, from the top. */
export async function shownCounts(page: Page, title: SummaryTitle): Promise<Readonly<Record<string, number>>> {
  const rows = await table(page, title).locator('tbody tr[aria-rowindex]').allInnerTexts();
  return Object.fromEntries(
    rows.map((text) => {
      const [name = '', count = ''] = text.split(/\s*\t\s*|\n+/).filter((part) => part !== '');
      return [name, Number(count.replaceAll(',', ''))];
    }),
  );
}

/** Names in the order of the rows in sight. */
export function shownNames(page: Page, title: SummaryTitle): Promise<string[]> {
  return table(page, title).locator('tbody tr[aria-rowindex] td:first-child').allInnerTexts();
}
