import { expect, type Page, test } from '@playwright/test';
import { alertRows, ask, byId, card, failTools, openOps, startOps } from './ops-scene.ts';
import { stopClock } from './page-time.ts';
import { publish } from './publish.ts';
import { reportBoth } from './report.ts';
import { sendMessages } from './send-messages.ts';

// specs/000 in Chromium, on the real server.

/** Not the button of the same name in the dialog, which is still there while it fades. */
const controlButton = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Control' }).getByRole('button', { name, exact: true });
const pauseButton = (page: Page) => controlButton(page, 'Pause ingestion');
const resumeButton = (page: Page) => controlButton(page, 'Resume ingestion');
const confirm = (page: Page, name: string) => page.getByRole('alertdialog').getByRole('button', { name, exact: true });

interface Recorded {
  readonly sockets: readonly { readonly openedAt: number; readonly closedAt?: number }[];
}

/** What a person hears. */
const announcement = (page: Page) => byId(page, 'live-announcer');

/** Marks the document: a mark that is still there says that it was never loaded again. */
async function markDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.body.setAttribute('data-same-document', ''));
  return () => page.evaluate(() => document.body.hasAttribute('data-same-document'));
}

test('is complete without a script', async ({ browser }) => {
  await using ops = await startOps();
  await sendMessages(ops.url, { text: 'one' }, { text: 'two' });
  await failTools(ops.url);
  await ask(ops.url, 'How are things?');
  await using context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await expect(async () => {
    await page.goto(`${ops.url}/ops`);
    await expect(alertRows(page)).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await expect(byId(page, 'kpi-health')).toContainText('Failing');
  await expect(byId(page, 'kpi-health')).toContainText('has failed 3 times in a row');
  await expect(card(page, 'failure-streak')).toContainText('3');
  await expect(alertRows(page)).toContainText('Warning');
  await expect(byId(page, 'connector-table-body')).toContainText('/api/messages');
  await expect(byId(page, 'connector-table-body').locator('[data-events-ingested="2"]')).toBeVisible();
  await expect(byId(page, 'chat-transcript')).toContainText('How are things?');
  await page.getByText('As a table').click();
  await expect(page.getByRole('table', { name: 'Timeline' }).getByRole('row')).toHaveCount(61);
  await page.getByRole('link', { name: '24 h' }).click();
  await expect(page).toHaveURL(`${ops.url}/ops?range=24h`);
  await expect(page.getByText('in the last 24 hours')).toBeVisible();
});

test('a heartbeat, an alert, a connector and a token arrive in their targets without a reload', async ({ page }) => {
  await using ops = await startOps();
  const reads: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === '/api/ops') reads.push(pathname);
  });
  await openOps(page, ops.url);
  const isSameDocument = await markDocument(page);
  const targets = byId(page, 'stream-contract');
  const target = async (name: string) => page.locator(`[id="${await targets.getAttribute(name)}"]`);

  const before = Number(await card(page, 'processed-cases').getAttribute('data-kpi-value'));
  await publish(ops.url, ...Array.from({ length: 25 }, () => ({ event_type: 'PostToolUse', session_id: 's0' })));
  const grid = await target('data-heartbeat-target');
  await expect
    .poll(async () => Number(await grid.locator('[data-kpi-card="processed-cases"]').getAttribute('data-kpi-value')))
    .toBeGreaterThanOrEqual(before + 25);

  await reportBoth(ops.url, 'billing', 10, 9);
  const alerts = await target('data-alert-feed-target');
  await expect(alerts.locator('[data-alert-code="reconciliation-discrepancy"]')).toBeVisible();
  await expect(card(page, 'alert-count')).toHaveAttribute('data-kpi-value', '1');

  const connectors = await target('data-connector-health-target');
  const http = connectors.locator('[data-channel="/api/messages"]');
  await expect(http).toHaveAttribute('data-events-ingested', '0');
  await sendMessages(ops.url, { text: 'one' }, { text: 'two' }, { text: 'three' });
  await expect(http).toHaveAttribute('data-events-ingested', '3');
  await expect(http).toHaveAttribute('data-liveness', 'live');

  await page.getByRole('textbox', { name: /assistant|question|message/i }).fill('How are things?');
  await page.keyboard.press('Enter');
  const answer = byId(page, 'chat-message-row-1');
  await expect(answer).toHaveAttribute('data-assistant-token-stream', 'true');
  await expect.poll(async () => Number(await answer.getAttribute('data-token-count'))).toBeGreaterThan(1);
  await expect(byId(page, 'chat-token-1-0')).toHaveAttribute('data-token-index', '0');
  await expect(answer).toHaveAttribute('aria-busy', 'false');

  expect(await isSameDocument()).toBe(true);
  expect(reads).toEqual([]);
});

test('a lost server is tried again after the delays that the page declares', async ({ page }) => {
  await using ops = await startOps();
  await page.addInitScript(() => {
    const sockets: { readonly openedAt: number; closedAt?: number }[] = [];
    Object.assign(window, { sockets });
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        const socket: (typeof sockets)[number] = { openedAt: Date.now() };
        sockets.push(socket);
        this.addEventListener('close', () => {
          socket.closedAt = Date.now();
        });
      }
    };
  });
  await page.clock.install();
  await openOps(page, ops.url);
  const declared = async (name: string) => Number(await byId(page, 'stream-contract').getAttribute(name));
  const base = await declared('data-reconnect-base-ms');
  const max = await declared('data-reconnect-max-ms');
  const socket = (index: number) => page.evaluate((place) => (window as unknown as Recorded).sockets[place], index);
  await stopClock(page);
  await ops.server.stop('SIGKILL');
  await expect(page.locator('header').getByText('Reconnecting…')).toBeVisible();
  await expect(byId(page, 'kpi-health')).toHaveAttribute('data-health-state', 'unknown');
  await expect(byId(page, 'control-panel')).toHaveAttribute('data-rollout-gate', 'hold');

  for (let attempt = 0; attempt < 7; attempt += 1) {
    await expect.poll(async () => (await socket(attempt))?.closedAt).toBeDefined();
    const delay = Math.min(max, base * 2 ** attempt);
    await expect(async () => {
      await page.clock.runFor(delay / 8);
      expect(await socket(attempt + 1)).toBeDefined();
    }).toPass({ intervals: [0] });
    const waited = ((await socket(attempt + 1))?.openedAt ?? 0) - ((await socket(attempt))?.closedAt ?? 0);
    console.log(`try ${attempt + 1} after ${waited} ms, declared ${delay} ms`);
    // The jitter of 20 %, and a timer that waits for whole milliseconds.
    expect(waited).toBeGreaterThan(0.8 * delay - 2);
    expect(waited).toBeLessThan(1.2 * delay + 2);
  }
});

test('what is paused in one window is paused in the other, and resumed there for both', async ({ page, context }) => {
  await using ops = await startOps();
  const other = await context.newPage();
  await openOps(page, ops.url);
  await openOps(other, ops.url);
  await expect(byId(page, 'control-panel')).toHaveAttribute('data-control-mode', 'running');
  await pauseButton(page).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(byId(page, 'control-panel')).toHaveAttribute('data-control-mode', 'running');
  await pauseButton(page).click();
  await confirm(page, 'Pause ingestion').click();
  for (const each of [page, other]) {
    await expect(byId(each, 'control-panel')).toHaveAttribute('data-control-mode', 'paused');
    await expect(byId(each, 'control-panel')).toHaveAttribute('data-rollout-gate', 'hold');
    await expect(each.getByText('Ingestion is paused', { exact: true })).toBeVisible();
    await expect(byId(each, 'control-panel')).toContainText(/by .+ since \d\d:\d\d/);
  }
  await expect(publish(ops.url, {})).rejects.toThrow('503');
  await page.reload();
  await expect(page.getByText('Ingestion is paused', { exact: true })).toBeVisible();

  await resumeButton(other).click();
  await confirm(other, 'Resume ingestion').click();
  for (const each of [page, other]) {
    await expect(byId(each, 'control-panel')).toHaveAttribute('data-control-mode', 'running');
    await expect(each.getByText('Ingestion is paused', { exact: true })).toHaveCount(0);
  }
  await publish(ops.url, {});
});

test('a pause that the server refuses changes nothing and says why', async ({ page }) => {
  await using ops = await startOps();
  await openOps(page, ops.url);
  await page.route('**/api/ops/ingestion', (route) => route.fulfill({ status: 500 }));
  await pauseButton(page).click();
  await confirm(page, 'Pause ingestion').click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText('500');
  await page.keyboard.press('Escape');
  await expect(byId(page, 'control-panel')).toHaveAttribute('data-control-mode', 'running');
});

test('an alert is announced when it is raised, not on load, and says who has seen it', async ({ page, context }) => {
  await using ops = await startOps();
  await failTools(ops.url, 'first');
  await expect(async () => {
    await openOps(page, ops.url);
    await expect(alertRows(page)).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await page.reload();
  await expect(page.locator('.status-connected')).toBeVisible();
  await expect(alertRows(page)).toHaveCount(1);
  await expect(announcement(page)).toHaveText('');
  await reportBoth(ops.url, 'billing', 10, 9);
  await expect(announcement(page)).toHaveText('New critical alert: Discrepancy in billing.');
  await expect(alertRows(page).first()).toHaveAttribute('data-alert-severity', 'critical');
  await expect(alertRows(page).first().getByRole('link', { name: 'Discrepancy in billing' })).toHaveAttribute(
    'href',
    '/reconciliation',
  );

  const other = await context.newPage();
  await openOps(other, ops.url);
  await page.getByRole('button', { name: 'Acknowledge Discrepancy in billing' }).click();
  for (const each of [page, other]) {
    await expect(alertRows(each).first()).toContainText(/Acknowledged by .+ (just now|ago)/);
  }
  await expect(page.getByRole('button', { name: /^Acknowledge/ })).toHaveCount(1);

  await reportBoth(ops.url, 'billing', 10);
  await expect(alertRows(page)).toHaveCount(1);
  await page.getByText('Cleared lately (1)').click();
  await expect(page.getByRole('list', { name: 'Cleared alerts' })).toContainText('Discrepancy in billing');
});

test('everything can be done by the keyboard', async ({ page }) => {
  await using ops = await startOps();
  await failTools(ops.url);
  await expect(async () => {
    await openOps(page, ops.url);
    await expect(alertRows(page)).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await page.keyboard.press('Tab');
  await expect(byId(page, 'skip-to-main')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
      if (name.test(focused)) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await tabTo(/^Acknowledge/);
  await page.keyboard.press('Enter');
  await expect(alertRows(page)).toContainText('Acknowledged by');
  await expect(alertRows(page)).toBeFocused();
  await tabTo(/^6 h$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${ops.url}/ops?range=6h`);
  await tabTo(/^Pause ingestion$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(pauseButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await tabTo(/^Pause ingestion$/);
  await page.keyboard.press('Enter');
  await expect(byId(page, 'control-panel')).toHaveAttribute('data-control-mode', 'paused');
  await expect(resumeButton(page)).toBeFocused();
});

test('the timeline is drawn for the range that the URL says, and the back button goes back', async ({ page }) => {
  await using ops = await startOps();
  await publish(ops.url, ...Array.from({ length: 30 }, () => ({})));
  await openOps(page, ops.url);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(timeline.locator('canvas')).toBeVisible();
  await expect(timeline).toContainText('in the last hour');
  await timeline.getByRole('link', { name: '24 h' }).click();
  await expect(timeline).toContainText('in the last 24 hours');
  await expect(timeline).toContainText('events per 15 minutes');
  await page.goBack();
  await expect(timeline).toContainText('in the last hour');
});
