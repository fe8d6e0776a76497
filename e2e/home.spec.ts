import { execFileSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import { startFaultProxy } from '../tests/support/fault-proxy.ts';
import { expectWithin } from './page-time.ts';
import { publish } from './publish.ts';
import { numbered, sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';

// specs/003 US-1 in Chromium, against the real server.

async function openLive(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector('.status-connected');
}

const texts = (page: Page) =>
  page.getByRole('log', { name: 'Latest messages' }).locator('.message td:last-child').allTextContents();
const metric = (page: Page, name: string) =>
  page.locator('dl[aria-label="Totals"] > div', { hasText: name }).locator('dd').first();

test('the latest messages are appended as they are stored, in the order of their times, each once', async ({
  page,
}) => {
  await using server = await startServer();
  await sendMessages(server.url, { text: 'one' }, { text: 'two' });
  await openLive(page, server.url);
  await expect.poll(() => texts(page)).toEqual(['one', 'two']);
  await sendMessages(server.url, { text: 'three', id: 'three' });
  await sendMessages(server.url, { text: 'three', id: 'three' }, { text: 'four' });
  await expect.poll(() => texts(page)).toEqual(['one', 'two', 'three', 'four']);
  const earlier = new Date(Date.now() - 3_600_000).toISOString();
  await sendMessages(server.url, { text: 'zero', sent_at: earlier });
  await expect.poll(() => texts(page)).toEqual(['zero', 'one', 'two', 'three', 'four']);
});

test('the totals of messages, channels and users follow without a reload', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { text: 'one' });
  await openLive(page, server.url);
  await expect(metric(page, 'Messages')).toHaveText('1');
  await sendMessages(
    server.url,
    ...numbered(1_200, 'more'),
    { channel: 'random', user: 'grace' },
    { channel: 'random', user: 'linus' },
  );
  await expect(metric(page, 'Messages')).toHaveText('1,203');
  await expect(metric(page, 'Channels')).toHaveText('2');
  await expect(metric(page, 'Users')).toHaveText('3');
  await fetch(`${server.url}/api/channels/random?history=delete`, { method: 'DELETE' });
  await expect(metric(page, 'Channels')).toHaveText('1');
  await expect(metric(page, 'Messages')).toHaveText('1,201');
});

test('the line of the empty page, pasted into a shell, makes the first message appear', async ({ page }) => {
  await using server = await startServer();
  await openLive(page, server.url);
  await expect(page.getByRole('heading', { name: 'No messages yet' })).toBeVisible();
  await expect(page.getByText('millrace connect irc')).toBeVisible();
  const line = await page.locator('pre').first().textContent();
  execFileSync('sh', ['-c', line ?? 'false'], { stdio: 'ignore' });
  await expect.poll(() => texts(page)).toEqual(['Hello from curl']);
});

test('a quiet page says since when, and goes on counting', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { sent_at: new Date(Date.now() - 353_000).toISOString() });
  await openLive(page, server.url);
  await expect(page.getByText(/^No message since \d\d:\d\d \(5 minutes ago\)$/)).toBeVisible();
  await expect(page.getByText(/^No message since \d\d:\d\d \(6 minutes ago\)$/)).toBeVisible();
  await expect(page.locator('.status-connected')).toBeVisible();
});

test('events of agents stand beside the messages, and one lost stream of the two shows', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { text: 'one' });
  await openLive(page, server.url);
  await publish(server.url, { summary: 'First light' });
  await expect(page.locator('.event', { hasText: 'First light' })).toBeVisible();
  await page.route('**/stream?*', (route) => route.abort());
  await page.getByRole('link', { name: 'Reconciliation' }).click();
  await page.routeWebSocket(/\/stream/, (socket) => socket.close());
  await page.getByRole('link', { name: 'Home' }).click();
  await expect.poll(() => texts(page)).toEqual(['one']);
  await expect(page.locator('.status-reconnecting')).toBeVisible();
  await expect(page.locator('.status-connected')).toHaveCount(0);
  await sendMessages(server.url, { text: 'two' });
  await expect.poll(() => texts(page)).toEqual(['one', 'two']);
});

test('a message of the list leads to its place among all messages', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, ...numbered(30, 'message'));
  await openLive(page, server.url);
  await page.locator('.message', { hasText: 'message 20' }).getByRole('link').click();
  await expect(page).toHaveURL(/\/messages\?around=mr-20$/);
  await expect(page.locator('.message', { hasText: 'message 20' })).toContainText('linked');
});

test('a silent stall shows within five seconds, the rows stay, Refresh reads on, and updates resume', async ({
  page,
}) => {
  await using server = await startServer();
  await using proxy = await startFaultProxy(server.port);
  await sendMessages(server.url, { text: 'before' });
  await openLive(page, proxy.url);
  await expect.poll(() => texts(page)).toEqual(['before']);
  await page.route('**/live?*', (route) => route.abort());
  proxy.freezeStreams();
  await sendMessages(server.url, { text: 'while away' });
  await expectWithin(5_000, () => expect(page.locator('.status-connected')).toHaveCount(0));
  expect(await texts(page)).toEqual(['before']);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect.poll(() => texts(page)).toEqual(['before', 'while away']);
  await expect(metric(page, 'Messages')).toHaveText('2');
  await page.unrouteAll();
  await sendMessages(server.url, { text: 'after' });
  await page.waitForSelector('.status-connected');
  await expect.poll(() => texts(page)).toEqual(['before', 'while away', 'after']);
});

test('going from page to page while messages come in always shows the values of now', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { text: 'first' });
  await openLive(page, server.url);
  let sent = 1;
  for (let round = 0; round < 5; round += 1) {
    const sending = sendMessages(server.url, ...numbered(200, `round ${round} message`));
    await page.getByRole('link', { name: 'Messages', exact: true }).first().click();
    await sending;
    sent += 200;
    await expect(page.getByTestId('total-messages')).toHaveText(sent.toLocaleString('en'));
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await expect(metric(page, 'Messages')).toHaveText(sent.toLocaleString('en'));
    await expect.poll(async () => (await texts(page)).at(-1)).toBe(`round ${round} message 200`);
  }
});
