import { expect, test } from '@playwright/test';
import { sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';

/** `MILLRACE_STORED_MESSAGES=1000000` is the budget's number; what runs with the other tests is smaller. */
const STORED = Number(process.env.MILLRACE_STORED_MESSAGES ?? 20_000);
const PER_REQUEST = 2_000;

const PAGES = [
  { path: '/', content: '.message' },
  { path: '/messages', content: '.message' },
  { path: '/channels', content: 'tbody tr[aria-rowindex]' },
  { path: '/users', content: 'tbody tr[aria-rowindex]' },
  { path: '/users/user-7', content: '.message' },
] as const;

// What is recorded for a failure costs frames.
test.use({ trace: 'off', screenshot: 'off' });

// Prints how soon each page shows what is stored; only that it does is asserted.
test('each page shows what is stored, however much that is', async ({ browser }) => {
  test.setTimeout(60_000 + STORED / 2);
  await using server = await startServer({ env: { MILLRACE_RETENTION_MB: '16384' } });
  for (let sent = 0; sent < STORED; sent += PER_REQUEST) {
    await sendMessages(
      server.url,
      ...Array.from({ length: PER_REQUEST }, (_, index) => ({
        channel: `channel-${(sent + index) % 40}`,
        user: `user-${(sent + index * 7) % 5_000}`,
        text: `message ${sent + index} about the build, the release and the weather`,
      })),
    );
  }
  for (const { path, content } of PAGES) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${server.url}${path}`);
    await expect(page.locator(content).first()).toBeVisible({ timeout: 20_000 });
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await page.goto('about:blank');
      await page.goto(`${server.url}${path}`, { waitUntil: 'commit' });
      await page.waitForSelector(content);
      times.push(await page.evaluate(() => performance.now()));
    }
    times.sort((a, b) => a - b);
    const [fastest = 0, , median = 0, , slowest = 0] = times;
    console.log(
      `${path}: shown after ${median.toFixed(0)} ms (${fastest.toFixed(0)} to ${slowest.toFixed(0)}) with ${STORED.toLocaleString('en')} messages stored`,
    );
    await context.close();
  }
});
