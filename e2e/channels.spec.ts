import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startFaultProxy } from '../tests/support/fault-proxy.ts';
import { takenOver } from './open-by-link.ts';
import { expectWithin } from './page-time.ts';
import { readApi } from './read-api.ts';
import { numbered, sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';
import { badge, figure, openList, row, shownCounts, shownNames, table } from './summary-table.ts';

// specs/003 user story 3, with the real server; messages come in over HTTP.

interface ChannelCounts {
  readonly channels: readonly { readonly channel: string; readonly message_count: number }[];
}

async function storedCounts(url: string): Promise<Readonly<Record<string, number>>> {
  const { channels } = await readApi<ChannelCounts>(url, '/api/channels?limit=1000');
  return Object.fromEntries(channels.map(({ channel, message_count }) => [channel, message_count]));
}

test("a channel's count, age and the totals follow every message without a reload", async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, ...numbered(3, 'm', { channel: '#one' }), { channel: '#two' });
  await openList(page, server.url, 'Channels');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  await expect(row(page, 'Channels', '#one')).toContainText('3');
  await sendMessages(server.url, ...numbered(9, 'm', { channel: '#two' }), { channel: '#new', user: 'bob' });
  await expect.poll(() => shownCounts(page, 'Channels')).toEqual({ '#two': 10, '#one': 3, '#new': 1 });
  await expect(figure(page, 'Channels')).toContainText('3');
  await expect(figure(page, 'Messages')).toContainText('14');
  await expect(row(page, 'Channels', '#two').locator('time')).toHaveText(/now|\d s/);
  await expect(row(page, 'Channels', '#two').getByRole('img')).toHaveAccessibleName(/^10 in the last hour/);
  // The ages count on by themselves.
  await expect(row(page, 'Channels', '#one').locator('time')).toHaveText(/^([2-9]|\d\d) s$/);
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
});

test('rapid ingestion across many channels ends on the exact counts, and the page answers meanwhile', async ({
  page,
}) => {
  await using server = await startServer();
  const names = Array.from({ length: 200 }, (_, index) => `#channel-${index}`);
  await sendMessages(server.url, ...names.map((channel) => ({ channel })));
  await openList(page, server.url, 'Channels', '?sort=name');
  let isDone = false;
  const ingesting = (async () => {
    for (let round = 0; round < 60; round += 1) {
      await sendMessages(
        server.url,
        ...Array.from({ length: 200 }, (_, index) => ({
          channel: names[(index * 7 + round * 3) % names.length] ?? '',
        })),
      );
    }
    isDone = true;
  })();
  const answers: number[] = [];
  while (!isDone) {
    // From the click to the order it asked for, as the page itself sees it.
    answers.push(
      await page.evaluate(async () => {
        const head = document.querySelector('th[aria-sort]');
        const before = head?.getAttribute('aria-sort');
        const begunAt = performance.now();
        head?.querySelector('button')?.click();
        while (document.querySelector('th[aria-sort]')?.getAttribute('aria-sort') === before) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        return performance.now() - begunAt;
      }),
    );
  }
  await ingesting;
  answers.sort((a, b) => a - b);
  console.log(
    `${answers.length} clicks while messages came, the slowest answered after ${answers.at(-1)?.toFixed(0)} ms`,
  );
  expect(answers.length).toBeGreaterThan(3);
  const stored = await storedCounts(server.url);
  await expect
    .poll(async () => {
      const shown = await shownCounts(page, 'Channels');
      return Object.entries(shown).filter(([name, count]) => stored[name] !== count);
    })
    .toEqual([]);
  await expect(figure(page, 'Messages')).toContainText('12,200');
});

test('columns are sorted by a click, in the URL, and by aria-sort', async ({ page }) => {
  await using server = await startServer();
  const sent_at = (ageMs: number) => new Date(Date.now() - ageMs).toISOString();
  await sendMessages(
    server.url,
    ...numbered(3, 'm', { channel: '#a', sent_at: sent_at(3_000) }),
    ...numbered(5, 'm', { channel: '#b', sent_at: sent_at(2_000) }),
    { channel: '#c', sent_at: sent_at(1_000) },
  );
  await openList(page, server.url, 'Channels');
  const head = (name: string) => table(page, 'Channels').getByRole('columnheader', { name });
  await expect(head('Messages')).toHaveAttribute('aria-sort', 'descending');
  expect(await shownNames(page, 'Channels')).toEqual(['#b', '#a', '#c']);
  await head('Messages').getByRole('button').click();
  await expect(page).toHaveURL(/order=asc/);
  await expect(head('Messages')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(() => shownNames(page, 'Channels')).toEqual(['#c', '#a', '#b']);
  await head('Channel').getByRole('button').press('Enter');
  await expect(page).toHaveURL(/sort=name/);
  await expect(head('Messages')).not.toHaveAttribute('aria-sort');
  await expect.poll(() => shownNames(page, 'Channels')).toEqual(['#a', '#b', '#c']);
  await page.reload();
  await expect(head('Channel')).toHaveAttribute('aria-sort', 'ascending');
  await head('Last activity').getByRole('button').click();
  await expect.poll(() => shownNames(page, 'Channels')).toEqual(['#c', '#b', '#a']);
});

test('rows keep their places under the pointer while their counts go on', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(
    server.url,
    ...numbered(5, 'm', { channel: '#first' }),
    ...numbered(3, 'm', { channel: '#second' }),
  );
  await openList(page, server.url, 'Channels');
  await row(page, 'Channels', '#first').hover();
  await sendMessages(server.url, ...numbered(9, 'm', { channel: '#second' }));
  await expect(row(page, 'Channels', '#second')).toContainText('12');
  await expect(page.getByText('Order held while you are at a row')).toBeVisible();
  expect(await shownNames(page, 'Channels')).toEqual(['#first', '#second']);
  await page.mouse.move(2, 2);
  await expect.poll(() => shownNames(page, 'Channels')).toEqual(['#second', '#first']);
  await expect(page.getByText('Order held while you are at a row')).toHaveCount(0);
});

test('a changed row is marked for a moment, and not where motion is unwelcome', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a' });
  await openList(page, server.url, 'Channels');
  const animation = () => row(page, 'Channels', '#a').evaluate((element) => getComputedStyle(element).animationName);
  expect(await animation()).toBe('none');
  await sendMessages(server.url, { channel: '#a' });
  await expect.poll(animation).toMatch(/^changed-/);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await animation()).toBe('none');
});

test('a list is cut at a thousand rows, says so, and is searched on the server', async ({ page }) => {
  await using server = await startServer();
  const names = Array.from({ length: 1_200 }, (_, index) => `#c${String(index).padStart(4, '0')}`);
  await sendMessages(server.url, ...names.map((channel) => ({ channel })));
  await openList(page, server.url, 'Channels', '?sort=name');
  await expect(page.getByText('1,000 of 1,200', { exact: true })).toBeVisible();
  await expect(table(page, 'Channels')).toHaveAttribute('aria-rowcount', '1001');
  expect((await shownNames(page, 'Channels')).length).toBeLessThan(100);
  await page.getByRole('searchbox', { name: 'Find channels' }).fill('C119');
  await expect(page.getByText('10 found', { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/q=C119/);
  await sendMessages(server.url, { channel: '#c119x' }, { channel: '#other' });
  await expect(page.getByText('11 found', { exact: true })).toBeVisible();
  await expect(row(page, 'Channels', '#other')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Find channels' }).fill('nothing like it');
  await expect(page.getByRole('heading', { name: 'No channels found' })).toBeVisible();
});

for (const history of ['keep', 'delete'] as const) {
  test(`a channel that is deleted while it is shown is greyed, and the others go on: ${history}`, async ({ page }) => {
    await using server = await startServer();
    await sendMessages(
      server.url,
      ...numbered(4, 'm', { channel: '#gone' }),
      ...numbered(2, 'm', { channel: '#stays' }),
    );
    await openList(page, server.url, 'Channels');
    await row(page, 'Channels', '#gone').getByRole('button', { name: 'More about #gone' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete channel…' }).press('Enter');
    const dialog = page.getByRole('alertdialog', { name: 'Delete the channel #gone?' });
    await expect(dialog.getByRole('radio', { name: /Keep the messages/ })).toBeChecked();
    if (history === 'delete') await dialog.getByText('Delete the messages too').click();
    await dialog.getByRole('button', { name: 'Delete channel' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(row(page, 'Channels', '#gone')).toContainText('deleted');
    await expect(row(page, 'Channels', '#gone').getByRole('link')).toHaveCount(0);
    await expect(figure(page, 'Channels')).toContainText('1');
    await expect(figure(page, 'Messages')).toContainText(history === 'keep' ? '6' : '2');
    await expect(page.getByText('1 channel', { exact: true })).toBeVisible();
    await sendMessages(server.url, { channel: '#stays' });
    await expect(row(page, 'Channels', '#stays')).toContainText('3');
    await sendMessages(server.url, { channel: '#gone' });
    await expect(row(page, 'Channels', '#gone')).not.toContainText('deleted');
    await expect(row(page, 'Channels', '#gone').getByRole('link')).toBeVisible();
  });
}

test('a deletion that is thought better of, or fails, changes nothing and says why', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a' });
  await openList(page, server.url, 'Channels');
  const more = row(page, 'Channels', '#a').getByRole('button', { name: 'More about #a' });
  const ask = async () => {
    await more.click();
    await page.getByRole('menuitem', { name: 'Delete channel…' }).click();
  };
  await ask();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(more).toBeFocused();
  await page.route('**/api/channels/*', (route) => route.fulfill({ status: 503 }));
  await ask();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete channel' }).click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText('answered 503; nothing was deleted');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await storedCounts(server.url)).toEqual({ '#a': 1 });
});

test('going between pages in flight arrives on current values', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a', user: 'ada' });
  await openList(page, server.url, 'Channels');
  const link = (name: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });
  for (let round = 2; round <= 6; round += 1) {
    await Promise.all([
      sendMessages(server.url, { channel: '#a', user: 'ada' }),
      link(round % 2 === 0 ? 'Users' : 'Channels').click(),
    ]);
    const [title, name] = round % 2 === 0 ? (['Users', 'ada'] as const) : (['Channels', '#a'] as const);
    await expect.poll(() => shownCounts(page, title)).toEqual({ [name]: round });
  }
});

test('a row leads to the messages of its channel', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a/b?c' });
  await openList(page, server.url, 'Channels');
  await row(page, 'Channels', '#a/b?c').getByRole('link').click();
  await expect(page).toHaveURL(`${server.url}/messages?channel=${encodeURIComponent('#a/b?c')}`);
});

test('a lost server shows within 5 s, the rows stay, and updates resume without a reload', async ({ page }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-e2e-'));
  const first = await startServer({ dataDir });
  await sendMessages(first.url, ...numbered(3, 'm', { channel: '#a' }));
  await openList(page, first.url, 'Channels');
  await first.stop('SIGKILL');
  await expectWithin(5_000, () => expect(badge(page, 'Reconnecting…')).toBeVisible());
  await expect(row(page, 'Channels', '#a')).toContainText('3');
  await page.getByRole('button', { name: 'Refresh' }).first().click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(row(page, 'Channels', '#a')).toContainText('3');
  await using again = await startServer({ dataDir, port: first.port });
  await sendMessages(again.url, { channel: '#a' }, { channel: '#b' });
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect.poll(() => shownCounts(page, 'Channels')).toEqual({ '#a': 4, '#b': 1 });
});

test('a stream that falls silent shows within 5 s', async ({ page }) => {
  await using server = await startServer();
  await using proxy = await startFaultProxy(server.port);
  await sendMessages(server.url, { channel: '#a' });
  await openList(page, proxy.url, 'Channels');
  proxy.freezeStreams();
  const frozenAt = performance.now();
  await expectWithin(5_000, () => expect(badge(page, 'Reconnecting…')).toBeVisible());
  console.log(`a silent stream showed after ${(performance.now() - frozenAt).toFixed(0)} ms`);
  await sendMessages(server.url, { channel: '#a' });
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(row(page, 'Channels', '#a')).toContainText('2');
});

test('Refresh brings current values while the stream cannot be opened', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a' });
  await page.route('**/live*', (route) => route.abort());
  await page.goto(`${server.url}/channels`);
  await takenOver(page);
  await expect(row(page, 'Channels', '#a')).toContainText('1');
  await sendMessages(server.url, ...numbered(4, 'm', { channel: '#a' }));
  await page.getByRole('button', { name: 'Refresh' }).first().click();
  await expect(row(page, 'Channels', '#a')).toContainText('5');
});

test('a quiet page says since when', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { channel: '#a', sent_at: new Date(Date.now() - 300_000).toISOString() });
  await openList(page, server.url, 'Channels');
  await expect(figure(page, 'Newest message')).toContainText(/5 min.*Idle since/);
  await sendMessages(server.url, { channel: '#a' });
  await expect(figure(page, 'Newest message')).toContainText('Live');
});
