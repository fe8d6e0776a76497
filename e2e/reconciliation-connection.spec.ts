import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startFaultProxy } from '../tests/support/fault-proxy.ts';
import { runUntil, STEP_MS, stopClock, timeOf } from './page-time.ts';
import { report, reportBoth } from './report.ts';
import { startServer } from './start-server.ts';

// specs/001 in Chromium, through a proxy that breaks connections. The badge and the banner are found by their names.

const badge = (page: Page, text: string) => page.getByRole('status', { name: `Connection: ${text}`, exact: true });
const banner = (page: Page) => page.getByRole('alert', { name: 'Live updates paused', exact: true });
const row = (page: Page, service: string) =>
  page
    .getByRole('table', { name: 'Services' })
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: service, exact: true }) });

async function openConnected(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/reconciliation`);
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Services' })).toBeVisible();
}

test('a report stands on the page within a second, and the badge says connected', async ({ page }) => {
  await using server = await startServer();
  await reportBoth(server.url, 'probe', 1);
  await openConnected(page, server.url);
  const delays: number[] = [];
  for (let round = 2; round <= 31; round += 1) {
    const begunAt = performance.now();
    await report(server.url, { service: 'probe', side: 'actual', counts: { rows: round * 100 } });
    await expect(row(page, 'probe')).toContainText(`rows ${(round * 100).toLocaleString('en')}`);
    delays.push(performance.now() - begunAt);
  }
  delays.sort((a, b) => a - b);
  const p95 = delays[Math.ceil(delays.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
  console.log(`from the report to the page, ${delays.length} times: p95 ${p95.toFixed(0)} ms`);
  expect(p95).toBeLessThan(1_000);
  await expect(badge(page, 'Connected')).toHaveText('Connected');
  await expect(row(page, 'probe')).toHaveCount(1);
});

test('a killed server is reconnected to, polled after the fifth failure, and live again by Reconnect', async ({
  page,
}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-e2e-'));
  const first = await startServer({ dataDir });
  await using proxy = await startFaultProxy(first.port);
  for (const service of ['archive', 'billing', 'search']) await reportBoth(first.url, service, 10);
  await page.clock.install();
  await openConnected(page, proxy.url);
  await expect(row(page, 'search')).toBeVisible();
  await stopClock(page);
  await first.stop('SIGKILL');
  await expect(badge(page, 'Reconnecting…')).toBeVisible();
  await expect(banner(page)).toHaveCount(0);
  const lostAt = await timeOf(page);
  const seconds = ((await runUntil(page, banner(page))) - lostAt) / 1_000;
  await page.clock.resume();
  console.log(`polling after ${seconds.toFixed(1)} s`);
  // 1 + 2 + 4 + 8 + 16 s with a jitter of 20 %.
  expect(seconds).toBeGreaterThan(31 * 0.8 - 1);
  expect(seconds).toBeLessThan(31 * 1.2 + 5);
  await expect(badge(page, 'Polling')).toBeVisible();
  for (const service of ['archive', 'billing', 'search']) await expect(row(page, service)).toHaveCount(1);

  await using _second = await startServer({ dataDir, port: first.port });
  await reportBoth(first.url, 'billing', 11, 12);
  const clickedAt = performance.now();
  await banner(page).getByRole('button', { name: 'Reconnect', exact: true }).click();
  await expect(badge(page, 'Connected')).toBeVisible();
  console.log(`connected ${(performance.now() - clickedAt).toFixed(0)} ms after "Reconnect"`);
  await expect(banner(page)).toHaveCount(0);
  await expect(row(page, 'billing')).toContainText('Discrepancy');
  for (const service of ['archive', 'billing', 'search']) await expect(row(page, service)).toHaveCount(1);
  rmSync(dataDir, { recursive: true, force: true });
});

test('a half-open connection is noticed by its missing heartbeats and reopened, with what was missed', async ({
  page,
}) => {
  await using server = await startServer({ env: { MILLRACE_SSE_HEARTBEAT_MS: '500' } });
  await using proxy = await startFaultProxy(server.port);
  await reportBoth(server.url, 'billing', 10);
  await openConnected(page, proxy.url);
  proxy.freezeStreams();
  await reportBoth(server.url, 'billing', 10, 9);
  await expect(badge(page, 'Reconnecting…')).toBeVisible();
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(row(page, 'billing')).toContainText('Discrepancy');
  await expect(row(page, 'billing')).toHaveCount(1);
});

test('a half-open connection is reopened after 30 s without a heartbeat', async ({ page }) => {
  await using server = await startServer();
  await using proxy = await startFaultProxy(server.port);
  await reportBoth(server.url, 'billing', 10);
  let streams = 0;
  page.on('request', (request) => {
    if (request.url().includes('/reconciliation/stream')) streams += 1;
  });
  await page.clock.install();
  const beforeAt = await timeOf(page);
  await openConnected(page, proxy.url);
  const connectedAt = await timeOf(page);
  proxy.freezeStreams();
  await stopClock(page);
  const noticedAt = await runUntil(page, badge(page, 'Reconnecting…'));
  expect(noticedAt - beforeAt).toBeGreaterThanOrEqual(30_000);
  expect(noticedAt - connectedAt).toBeLessThanOrEqual(30_000 + STEP_MS);
  expect(streams).toBe(1);
  await page.clock.runFor(1_500);
  await expect(badge(page, 'Connected')).toBeVisible();
  expect(streams).toBe(2);
});

test('a connection that is cut comes back by itself, and a slow one stays', async ({ page }) => {
  await using server = await startServer();
  await using proxy = await startFaultProxy(server.port);
  await reportBoth(server.url, 'billing', 10);
  await openConnected(page, proxy.url);
  proxy.cut();
  await expect(badge(page, 'Reconnecting…')).toBeVisible();
  await expect(row(page, 'billing')).toHaveCount(1);
  await expect(badge(page, 'Connected')).toBeVisible();
  proxy.delay(400);
  await reportBoth(server.url, 'billing', 10, 9);
  await expect(row(page, 'billing')).toContainText('Discrepancy');
  await expect(badge(page, 'Connected')).toBeVisible();
});

test('a lost network is shown as offline and is made up for when it returns', async ({ page, context }) => {
  await using server = await startServer();
  await reportBoth(server.url, 'billing', 10);
  await openConnected(page, server.url);
  await context.setOffline(true);
  await expect(badge(page, 'Offline')).toBeVisible();
  await reportBoth(server.url, 'billing', 10, 9);
  await context.setOffline(false);
  await expect(badge(page, 'Connected')).toBeVisible();
  await expect(row(page, 'billing')).toContainText('Discrepancy');
});

test('eight tabs of the page are live over one stream', async ({ context }) => {
  await using server = await startServer();
  await reportBoth(server.url, 'billing', 10);
  const pages = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
  for (const page of pages) await openConnected(page, server.url);
  await reportBoth(server.url, 'billing', 10, 9);
  for (const page of pages) await expect(row(page, 'billing')).toContainText('Discrepancy');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('millrace_readers{feed="reconciliation",transport="sse"} 1');
});
