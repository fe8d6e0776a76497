import { expect, test } from '@playwright/test';
import { readApi } from './read-api.ts';
import { numbered, sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';
import { figure, openList, row, shownCounts, shownNames, table } from './summary-table.ts';

// specs/003 user story 4.

interface UserCounts {
  readonly users: readonly { readonly user: string; readonly message_count: number }[];
}

test("a user's count follows every message without a reload, and new users come in where they belong", async ({
  page,
}) => {
  await using server = await startServer();
  await sendMessages(server.url, ...numbered(3, 'm', { user: 'ada' }), { user: 'bob' });
  await openList(page, server.url, 'Users');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  await sendMessages(server.url, { user: 'ada' }, ...numbered(2, 'm', { user: 'eve' }));
  await expect.poll(() => shownCounts(page, 'Users')).toEqual({ ada: 4, eve: 2, bob: 1 });
  await expect.poll(() => shownNames(page, 'Users')).toEqual(['ada', 'eve', 'bob']);
  await expect(figure(page, 'Users')).toContainText('3');
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
});

test('many users who post at once end on their exact counts', async ({ page }) => {
  await using server = await startServer();
  const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
  await sendMessages(server.url, ...users.map((user) => ({ user })));
  await openList(page, server.url, 'Users');
  await Promise.all(
    Array.from({ length: 40 }, (_, round) =>
      sendMessages(
        server.url,
        ...Array.from({ length: 50 }, (_, index) => ({ user: users[(index * index + round) % users.length] ?? '' })),
      ),
    ),
  );
  const stored = await readApi<UserCounts>(server.url, '/api/users?limit=1000');
  const counts = new Map(stored.users.map(({ user, message_count }) => [user, message_count]));
  await expect
    .poll(async () =>
      Object.entries(await shownCounts(page, 'Users')).filter(([name, count]) => counts.get(name) !== count),
    )
    .toEqual([]);
  await expect(figure(page, 'Messages')).toContainText('2,100');
});

test('a user leads to a page of their own, whatever the characters of the name', async ({ page }) => {
  await using server = await startServer();
  const names = ['100%', 'a/b', 'what?', '#hash', 'q&a=1', '😀 smile', '%2F', 'a\\b', 'Ünï cödé', 'dot.dot', '<b>&"'];
  await sendMessages(server.url, ...names.map((user) => ({ user, text: `from ${user}` })));
  for (const name of names) {
    await openList(page, server.url, 'Users');
    await row(page, 'Users', name).getByRole('link').click();
    await expect(page.getByRole('heading', { name, exact: true, level: 2 })).toBeVisible();
    await expect(page).toHaveTitle(`${name} · Millrace`);
    await expect(page.getByText(`from ${name}`, { exact: true })).toBeVisible();
    await page.reload();
    await expect(page.getByText(`from ${name}`, { exact: true })).toBeVisible();
    const users = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Users' });
    await expect(users).toHaveAttribute('aria-current', 'page');
  }
});

test('a user who is deleted elsewhere is greyed on the open page, and the others go on', async ({ page }) => {
  await using server = await startServer();
  await sendMessages(server.url, ...numbered(4, 'm', { user: 'gone' }), { user: 'stays' });
  await openList(page, server.url, 'Users');
  const deleted = await fetch(`${server.url}/api/users/gone?history=delete`, { method: 'DELETE' });
  expect(deleted.status).toBe(200);
  await expect(row(page, 'Users', 'gone')).toContainText('deleted');
  await expect(figure(page, 'Users')).toContainText('1');
  await expect(figure(page, 'Messages')).toContainText('1');
  await sendMessages(server.url, { user: 'stays' });
  await expect(row(page, 'Users', 'stays')).toContainText('2');
  await page.reload();
  await expect(table(page, 'Users')).toBeVisible();
  await expect(row(page, 'Users', 'gone')).toHaveCount(0);
});
