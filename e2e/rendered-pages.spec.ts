import { expect, type Page, test } from '@playwright/test';
import { numbered, sendMessages } from './send-messages.ts';
import { type RunningServer, startServer } from './start-server.ts';

/** Pages, and something that each shows of what is stored. */
const PAGES = [
  { path: '/', shows: 'message 40' },
  { path: '/messages', shows: 'message 40' },
] as const;

let server: RunningServer;

test.beforeAll(async () => {
  server = await startServer();
  await sendMessages(server.url, ...numbered(40, 'message'));
});

test.afterAll(() => server.stop());

for (const { path, shows } of PAGES) {
  test.describe(path, () => {
    test('is complete without a script', async ({ browser }) => {
      await using context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      const problems = problemsOf(page);
      await page.goto(server.url + path);
      await expect(page.getByText(shows, { exact: true }).first()).toBeInViewport();
      expect(problems).toEqual([]);
    });

    test('holds no style that its content security policy refuses', async ({ request }) => {
      const response = await request.get(server.url + path, { headers: { accept: 'text/html' } });
      const html = await response.text();
      expect(html).toContain(shows);
      expect(html).not.toMatch(/ style="|<style/);
    });

    test('is taken over as it stands, without reading its data again', async ({ page }) => {
      const problems = problemsOf(page);
      const reads: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname === '/api/messages' || pathname === '/api/metrics') reads.push(pathname);
      });
      await page.goto(server.url + path);
      await expect(page.locator('.status-connected')).toBeVisible();
      await expect(page.getByText(shows, { exact: true }).first()).toBeInViewport();
      expect(reads).toEqual([]);
      expect(problems).toEqual([]);
    });
  });
}

/** Whatever the browser complains of, a failed hydration among it. */
function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  return problems;
}
