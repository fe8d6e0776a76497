import { expect, type Page, test } from '@playwright/test';
import { takenOver } from './open-by-link.ts';
import { collectShifts, shiftsOf } from './page-faults.ts';
import { ADA, call, plantValid, startScene } from './proposals-scene.ts';
import { publish } from './publish.ts';
import { report } from './report.ts';
import { sendMessages } from './send-messages.ts';
import { startServer } from './start-server.ts';

/** Where a page's ages count, among other texts. */
const PAGES = [
  { path: '/channels', ages: 'td time' },
  { path: '/users', ages: 'td time' },
  { path: '/events', ages: 'li button[aria-pressed] > span' },
  { path: '/reconciliation', ages: 'td' },
  { path: '/ops', ages: 'td time' },
] as const;

/** An age below ten seconds, and one beyond: two digits are wider than one, and than "now". */
const SHORT = /^(now|just now|\d s|\d seconds? ago)$/;
const WIDER = /^\d\d (s|seconds ago)$/;

test('an age that counts on moves nothing', async ({ context }) => {
  await using server = await startServer();
  await sendMessages(server.url, { text: 'said' });
  await publish(server.url, { session_id: 's-1', summary: 'did' });
  await report(server.url, { service: 'billing', side: 'actual', counts: { invoices: 3 } });
  await context.addInitScript(collectShifts);
  await Promise.all(
    PAGES.map(async ({ path, ages }) => {
      const page = await context.newPage();
      await page.goto(server.url + path);
      await takenOver(page);
      const age = page.locator(ages);
      await expect(age.filter({ hasText: SHORT }).first(), path).toBeVisible();
      await expect(age.filter({ hasText: WIDER }).first(), path).toBeVisible();
      await frame(page);
      expect(await shiftsOf(page), path).toEqual([]);
    }),
  );
});

const LOGIN = '/api/v1/proposals/shop.add-login';

test('an age of a proposal or of one of its parts moves nothing', async ({ browser }) => {
  await using scene = await startScene(browser, { hasModel: true });
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const proposal = () => call(scene.url, ADA, ['GET', LOGIN]);
  await call(scene.url, ADA, ['POST', `${LOGIN}/validate`]);
  await expect.poll(async () => (await proposal()).runs[0].status).toBe('passed');
  await call(scene.url, ADA, ['POST', `${LOGIN}/iterate`, { instructions: 'edit' }]);
  await expect.poll(async () => (await proposal()).iterations[0].status).toBe('complete');
  await call(scene.url, ADA, ['POST', `${LOGIN}/comments`, { text: 'Why?', path: 'tasks.md', line: 1 }]);
  const visit = async (path: string) => {
    const page = await scene.person(ADA);
    await page.addInitScript(collectShifts);
    await page.goto(scene.url + path);
    await takenOver(page);
    // Below ten seconds until then, unless the machine is slow.
    await expect(
      page
        .locator('main')
        .getByText(/\b\d\d s(econds ago)?\b/)
        .first(),
      path,
    ).toBeVisible();
    await frame(page);
    expect(await shiftsOf(page), path).toEqual([]);
  };
  const parts = ['files', 'comments', 'validation', 'iteration'];
  await Promise.all(['/projects/shop', ...parts.map((part) => `/proposals/shop.add-login?part=${part}`)].map(visit));
});

test('a figure that grows moves nothing', async ({ page }) => {
  await using server = await startServer();
  const count = (rows: number) =>
    report(server.url, {
      service: 'billing',
      side: 'actual',
      counts: { credits: rows, invoices: rows, refunds: rows },
    });
  await count(1);
  await page.addInitScript(collectShifts);
  await page.goto(`${server.url}/reconciliation`);
  await takenOver(page);
  const fresh = page.getByRole('button', { name: /new entr(y|ies)$/ });
  for (let reports = 1; reports <= 12; reports += 1) {
    await count(4 ** reports);
    await expect(fresh).toHaveText(reports === 1 ? '1 new entry' : `${reports} new entries`);
  }
  await expect(page.getByRole('table', { name: 'Services' })).toContainText('invoices 16.8M');
  await frame(page);
  expect(await shiftsOf(page)).toEqual([]);
});

/** What moved until now is told of by then. */
function frame(page: Page): Promise<void> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
}
