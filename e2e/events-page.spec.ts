import { execFileSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import { stopClock } from './page-time.ts';
import { publish } from './publish.ts';
import { startServer } from './start-server.ts';

/** Opens the page and waits until it is live. */
async function openLive(page: Page, url: string, path = '/events'): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.waitForSelector('.status-connected');
}

const summaries = (page: Page) => page.locator('.event td:last-child').allTextContents();

test('an event that is posted appears at once, without a reload', async ({ page }) => {
  await using server = await startServer();
  await openLive(page, server.url);
  await publish(server.url, { summary: 'First light' });
  await expect(page.locator('.event', { hasText: 'First light' })).toBeVisible();
});

test('the line of the empty state, pasted into a shell, makes the first event appear', async ({ page }) => {
  await using server = await startServer();
  await openLive(page, server.url);
  await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible();
  await expect(page.getByText(`${server.url}/hooks/claude-code`).first()).toBeVisible();
  const line = await page.locator('pre').first().textContent();
  execFileSync('sh', ['-c', line ?? 'false'], { stdio: 'ignore' });
  await expect(page.locator('.event', { hasText: 'Hello from curl' })).toBeVisible();
});

test('an event that arrives out of order stands where its time belongs', async ({ page }) => {
  await using server = await startServer();
  await openLive(page, server.url);
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
  await publish(server.url, { summary: 'T1', timestamp: at(1) });
  await publish(server.url, { summary: 'T3', timestamp: at(3) });
  await publish(server.url, { summary: 'T2', timestamp: at(2) });
  await expect(page.locator('.event')).toHaveCount(3);
  expect(await summaries(page)).toEqual(['T3', 'T2', 'T1']);
});

test('an event that is received twice is shown once', async ({ page }) => {
  await using server = await startServer();
  let repeated = 0;
  await page.routeWebSocket(/\/stream/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((message) => {
      socket.send(message);
      if (!message.toString().includes('"batch"')) return;
      repeated += 1;
      socket.send(message);
    });
  });
  await openLive(page, server.url);
  await publish(server.url, { summary: 'Once' });
  await publish(server.url, { summary: 'And then' });
  await expect(page.locator('.event')).toHaveCount(2);
  expect(repeated).toBeGreaterThan(0);
  expect(await summaries(page)).toEqual(['And then', 'Once']);
});

test('a killed server is shown as lost, and the gap is filled when it is back', async ({ page }) => {
  const first = await startServer({ dataDir: test.info().outputPath('data') });
  await openLive(page, first.url);
  await publish(first.url, { summary: 'Before' });
  await expect(page.locator('.event')).toHaveCount(1);
  await first.stop('SIGKILL');
  await expect(page.locator('.status-connected')).toHaveCount(0);
  await expect(page.locator('header').getByText('Reconnecting…')).toBeVisible();
  await expect(page.locator('header').getByText(/in \d+ s/)).toBeVisible();
  await expect(page.locator('.event', { hasText: 'Before' })).toBeVisible();
  await using second = await startServer({ port: first.port, dataDir: first.dataDir });
  await publish(second.url, { summary: 'While away 1' }, { summary: 'While away 2' });
  await page.waitForSelector('.status-connected');
  await publish(second.url, { summary: 'After' });
  await expect(page.locator('.event')).toHaveCount(4);
  expect(await summaries(page)).toEqual(['After', 'While away 2', 'While away 1', 'Before']);
});

test('a log that was replaced is shown from its beginning, without what the old one held', async ({ page }) => {
  const first = await startServer({ dataDir: test.info().outputPath('old') });
  await publish(first.url, { summary: 'Old 1' }, { summary: 'Old 2' });
  await openLive(page, first.url);
  await expect(page.locator('.event')).toHaveCount(2);
  await first.stop('SIGKILL');
  await using second = await startServer({ port: first.port, dataDir: test.info().outputPath('new') });
  await publish(second.url, { summary: 'New' });
  await expect.poll(() => summaries(page)).toEqual(['New']);
  await page.waitForSelector('.status-connected');
});

test('a lost network is shown at once, and what was missed is there when it returns', async ({ page, context }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'Before' });
  await openLive(page, server.url);
  await context.setOffline(true);
  await expect(page.locator('header').getByText('Offline')).toBeVisible();
  await publish(server.url, { summary: 'While away' });
  await context.setOffline(false);
  await page.waitForSelector('.status-connected');
  await expect.poll(() => summaries(page)).toEqual(['While away', 'Before']);
});

test('"Reconnect now" does not wait for the countdown', async ({ page }) => {
  const first = await startServer({ dataDir: test.info().outputPath('data') });
  await publish(first.url, { summary: 'Before' });
  await page.clock.install();
  await openLive(page, first.url);
  await first.stop('SIGKILL');
  const button = page.getByRole('button', { name: 'Reconnect now' });
  await expect(button).toBeVisible();
  // The page's clock stands, so that nothing is tried by itself.
  await stopClock(page);
  await using _second = await startServer({ port: first.port, dataDir: first.dataDir });
  await expect(button).toBeVisible();
  await button.click();
  await page.waitForSelector('.status-connected');
  await page.clock.resume();
});

test('filters live in the URL, apply to stored and to live events, and survive a reload', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { source_app: 'alpha', summary: 'one' }, { source_app: 'beta', summary: 'two' });
  await openLive(page, server.url);
  await page.getByRole('combobox', { name: 'App' }).click();
  await page.getByRole('option', { name: 'beta' }).click();
  await expect(page).toHaveURL(/[?&]source_app=beta/);
  await expect(page.locator('.event')).toHaveCount(1);
  await publish(
    server.url,
    { source_app: 'alpha', summary: 'three' },
    { source_app: 'beta', event_type: 'Stop', summary: 'four' },
  );
  await expect.poll(() => summaries(page)).toEqual(['four', 'two']);
  await page.reload();
  await expect.poll(() => summaries(page)).toEqual(['four', 'two']);
  await page.getByRole('searchbox', { name: 'Search events' }).fill('FOU');
  await expect(page).toHaveURL(/[?&]q=FOU/);
  await expect.poll(() => summaries(page)).toEqual(['four']);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page).toHaveURL(`${server.url}/events`);
  await expect(page.locator('.event')).toHaveCount(4);
});

test('a filter without matches says so and offers the way back', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'one' });
  await openLive(page, server.url, '/events?q=nowhere');
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.locator('.event')).toHaveCount(1);
});

test('a session chosen in the list of sessions filters the events', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { session_id: 's-1', summary: 'one' }, { session_id: 's-2', summary: 'two' });
  await openLive(page, server.url);
  await page.getByRole('region', { name: 'Sessions' }).getByRole('button', { name: /s-1/ }).click();
  await expect(page).toHaveURL(/session_id=s-1/);
  await expect.poll(() => summaries(page)).toEqual(['one']);
});

test('pause holds events back and counts them; resume shows them', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'one' });
  await openLive(page, server.url);
  await page.getByRole('button', { name: 'Pause' }).click();
  await publish(server.url, { summary: 'two' }, { summary: 'three' });
  await expect(page.getByRole('button', { name: 'Resume' })).toContainText('2 held');
  expect(await summaries(page)).toEqual(['one']);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => summaries(page)).toEqual(['three', 'two', 'one']);
});

test('scrolling away stops the list from moving and offers the way to the newest', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, ...Array.from({ length: 200 }, (_, index) => ({ summary: `event ${index}` })));
  await openLive(page, server.url);
  const grid = page.getByRole('grid');
  await grid.evaluate((element) => element.scrollTo({ top: 1_500 }));
  await expect(page.locator('.event', { hasText: 'event 140' })).toBeVisible();
  await publish(server.url, { summary: 'brand new' });
  await page.getByRole('button', { name: '1 new event' }).click();
  await expect(page.locator('.event', { hasText: 'brand new' })).toBeVisible();
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(0);
});

test('older events are read while scrolling down', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, ...Array.from({ length: 700 }, (_, index) => ({ summary: `event ${index}` })));
  await openLive(page, server.url);
  const grid = page.getByRole('grid');
  await grid.focus();
  // A page of them each time that the end comes into sight.
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      return grid.getAttribute('aria-rowcount');
    })
    .toBe('701');
  await page.keyboard.press('End');
  await expect(page.locator('.event').filter({ hasText: /event 0$/ })).toBeVisible();
});

test('everything can be done by keyboard', async ({ page }) => {
  await using server = await startServer();
  await publish(
    server.url,
    { summary: 'one' },
    { summary: 'two', metadata: '{"query":{"limit":3}}' },
    { summary: 'three' },
  );
  await openLive(page, server.url);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  const grid = page.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary', { name: 'Event details' });
  await expect(detail.locator('pre')).toHaveText('{\n  "query": {\n    "limit": 3\n  }\n}');
  await expect(grid).toHaveAttribute('aria-activedescendant', /event-\d+/);
  await page.keyboard.press('Escape');
  await expect(detail).toHaveCount(0);
});

test('the sub-agents of a session are listed with their last activity', async ({ page }) => {
  await using server = await startServer();
  const hook = (body: object) =>
    fetch(`${server.url}/hooks/claude-code`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ session_id: 'abc-1', cwd: '/home/dev/shop', hook_event_name: 'PreToolUse', ...body }),
    });
  await openLive(page, server.url);
  await hook({ tool_name: 'Read', tool_input: { file_path: 'a.ts' } });
  await hook({ tool_name: 'Grep', tool_input: { pattern: 'x' }, agent_id: 'agent-7', agent_type: 'Explore' });
  const agents = page.getByRole('list', { name: 'Sub-agents of abc-1' });
  await expect(agents.getByRole('listitem')).toContainText('Explore');
  await page.reload();
  await expect(agents.getByRole('listitem')).toContainText('Explore');
});

test('the rate is not counted down while nothing is heard', async ({ page }) => {
  const server = await startServer();
  await openLive(page, server.url);
  await publish(server.url, ...Array.from({ length: 20 }, (_, index) => ({ summary: `event ${index}` })));
  const rate = page.locator('dl > div', { hasText: 'Per second' }).locator('dd');
  await expect(rate).toHaveText(/^[1-9]/);
  await server.stop('SIGKILL');
  await expect(rate).toHaveText('–');
});

test('a small screen needs no sideways scrolling', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, {
    summary: 'A rather long summary that does not fit on one line of a telephone',
    session_id: 's-1',
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await openLive(page, server.url);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await expect(page.getByText('counted since')).toBeHidden();
  await expect(page.getByRole('button', { name: '15 min' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Sessions', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Sessions' })).toBeVisible();
  await page.getByRole('button', { name: 'Close sessions' }).click();
  await expect(page.getByRole('region', { name: 'Sessions' })).toBeHidden();
  await page.locator('.event').click();
  await expect(page.getByRole('complementary', { name: 'Event details' })).toBeVisible();
  expect(await overflow()).toBeLessThanOrEqual(0);
});

test('the chosen theme stays after a reload', async ({ page }) => {
  await using server = await startServer();
  await openLive(page, server.url);
  await page.getByRole('button', { name: 'Theme: system. Switch to light' }).click();
  await page.getByRole('button', { name: 'Theme: light. Switch to dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
