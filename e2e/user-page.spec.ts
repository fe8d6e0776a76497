import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectWithin } from './page-time.ts';
import { numbered, sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';
import { badge, figure } from './summary-table.ts';

// specs/003 user story 5.

const log = (page: Page, user: string) => page.getByRole('log', { name: `Latest messages of ${user}` });
const texts = (page: Page, user: string) => log(page, user).locator('tr.message td:last-child').allInnerTexts();

async function openUser(page: Page, url: string, user: string): Promise<void> {
  await page.goto(`${url}/users/${encodeURIComponent(user)}`);
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(page.getByRole('heading', { name: user, exact: true, level: 2 })).toBeVisible();
}

test('count, channels and latest messages follow the user in the order of sending, each message once', async ({
  page,
}) => {
  await using server = await startServer();
  const at = Date.now() - 60_000;
  const sent = (second: number) => new Date(at + second * 1_000).toISOString();
  await sendMessages(server.url, { user: 'ada', text: 'first', sent_at: sent(0) }, { user: 'bob', text: 'not hers' });
  await openUser(page, server.url, 'ada');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  expect(await texts(page, 'ada')).toEqual(['first']);
  await sendMessages(
    server.url,
    { user: 'ada', text: 'third', sent_at: sent(20), channel: '#other', id: 'x1' },
    { user: 'ada', text: 'second', sent_at: sent(10) },
    { user: 'bob', text: 'not hers either' },
  );
  await sendMessages(server.url, { user: 'ada', text: 'third', sent_at: sent(20), channel: '#other', id: 'x1' });
  await expect.poll(() => texts(page, 'ada')).toEqual(['first', 'second', 'third']);
  await expect(figure(page, 'Messages')).toContainText(/3.*in 2 channels/);
  await expect(figure(page, 'Last seen')).toContainText(/\d+ s/);
  await expect(figure(page, 'First seen')).toContainText('1 min');
  await expect(page.getByRole('img', { name: /^3 in the last hour/ })).toBeVisible();
  const channels = page.getByRole('table', { name: 'Channels' });
  await expect(channels.getByRole('row', { name: /general/ })).toContainText('2');
  await expect(channels.getByRole('row', { name: /#other/ })).toContainText('1');
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
});

test('a burst of one user stays in order, complete at the end and without repeats', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { user: 'ada', text: 'm0' });
  await openUser(page, server.url, 'ada');
  const base = Date.now();
  for (let round = 0; round < 20; round += 1) {
    await sendMessages(
      server.url,
      ...Array.from({ length: 100 }, (_, index) => ({
        user: 'ada',
        text: `m${round * 100 + index + 1}`,
        sent_at: new Date(base + round * 100 + index + 1).toISOString(),
      })),
    );
  }
  await expect(figure(page, 'Messages')).toContainText('2,001');
  await expect.poll(async () => (await texts(page, 'ada')).at(-1)).toBe('m2000');
  const shown = await texts(page, 'ada');
  expect(shown.length).toBeGreaterThan(100);
  expect(shown).toEqual(shown.map((_, index) => `m${2_000 - shown.length + index + 1}`));
});

test('an unknown user is said to be unknown, and shown with the first message', async ({ page }) => {
  await using server = await startServer();
  await page.goto(`${server.url}/users/nobody%20yet`);
  await expect(page.getByRole('heading', { name: 'No such user' })).toBeVisible();
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go to all users' })).toHaveAttribute('href', '/users');
  await sendMessages(server.url, { user: 'somebody else' });
  await sendMessages(server.url, { user: 'nobody yet', text: 'here I am' });
  await expect(page.getByText('here I am', { exact: true })).toBeVisible();
  await expect(figure(page, 'Messages')).toContainText('1');
});

test('a user who is deleted while shown stays with a notice, and comes back with a new message', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, ...numbered(3, 'm', { user: 'ada', text: 'old' }));
  await openUser(page, server.url, 'ada');
  await page.getByRole('button', { name: 'More about ada' }).click();
  await page.getByRole('menuitem', { name: 'Delete user…' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete the user ada?' });
  await dialog.getByText('Delete the messages too').click();
  await dialog.getByRole('button', { name: 'Delete user' }).click();
  await expect(page.getByText('This user was deleted.')).toBeVisible();
  expect(await log(page, 'ada').locator('tr.message').count()).toBe(3);
  await expect(badge(page, 'Connected')).toBeVisible();
  await sendMessages(server.url, { user: 'ada', text: 'new' });
  await expect(page.getByText('This user was deleted.')).toHaveCount(0);
  await expect.poll(() => texts(page, 'ada')).toEqual(['new']);
  await expect(figure(page, 'Messages')).toContainText('1');
});

test('a deleted user whom the server has forgotten stays with the notice, live, and comes back with a new message', async ({
  page,
}) => {
  const first = await startServer();
  await sendMessages(first.url, ...numbered(3, 'm', { user: 'ada' }));
  await openUser(page, first.url, 'ada');
  await fetch(`${first.url}/api/users/ada?history=delete`, { method: 'DELETE' });
  await expect(page.getByText('This user was deleted.')).toBeVisible();
  await first.stop();
  // Another log: what is known of the old one is reset.
  await using other = await startServer({ port: first.port });
  await sendMessages(other.url, { user: 'bob' });
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(page.getByText('This user was deleted.')).toBeVisible();
  expect(await log(page, 'ada').locator('tr.message').count()).toBe(3);
  await sendMessages(other.url, { user: 'ada', text: 'new' });
  await expect.poll(() => texts(page, 'ada')).toEqual(['new']);
  await expect(page.getByText('This user was deleted.')).toHaveCount(0);
  await sendMessages(other.url, { user: 'ada', text: 'newer' });
  await expect.poll(() => texts(page, 'ada')).toEqual(['new', 'newer']);
});

test('messages that are deleted with their channel leave the open page', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, { user: 'ada', text: 'kept' }, { user: 'ada', text: 'lost', channel: '#gone' });
  await openUser(page, server.url, 'ada');
  await fetch(`${server.url}/api/channels/${encodeURIComponent('#gone')}?history=delete`, { method: 'DELETE' });
  await expect.poll(() => texts(page, 'ada')).toEqual(['kept']);
  await expect(figure(page, 'Messages')).toContainText(/1.*in 1 channel/);
});

test('a lost server shows within 5 s, the messages stay, and what came meanwhile is filled in', async ({ page }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-e2e-'));
  const first = await startServer({ dataDir });
  await sendMessages(first.url, { user: 'ada', text: 'before' });
  await openUser(page, first.url, 'ada');
  await first.stop('SIGKILL');
  await expectWithin(5_000, () => expect(badge(page, 'Reconnecting…')).toBeVisible());
  expect(await texts(page, 'ada')).toEqual(['before']);
  await using again = await startServer({ dataDir, port: first.port });
  await sendMessages(again.url, { user: 'ada', text: 'meanwhile' });
  await expect(badge(page, 'Connected')).toBeVisible();
  await sendMessages(again.url, { user: 'ada', text: 'after' });
  await expect.poll(() => texts(page, 'ada')).toEqual(['before', 'meanwhile', 'after']);
  await expect(figure(page, 'Messages')).toContainText('3');
});
