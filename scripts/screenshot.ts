import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { startServer } from '../e2e/start-server.ts';
import { buildDashboard, isDashboardStale } from './dashboard-build.ts';
import { CHROMIUM, describeMissing, findTool } from './provision.ts';
import { sampleEvents } from './sample-events.ts';
import { ROOT } from './step.ts';

// The pictures of the README: the real server, fed over HTTP, in a real browser.

const FOLDER = join(ROOT, 'docs/images');
const MINUTES = 6;

const executablePath = findTool(CHROMIUM);
if (!executablePath) {
  console.error(describeMissing([CHROMIUM]));
  process.exit(1);
}
if (isDashboardStale() && (await buildDashboard()) !== 0) process.exit(1);

mkdirSync(FOLDER, { recursive: true });
await using server = await startServer();
await publishSampleEvents(server.url);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  await page.goto(`${server.url}/events`);
  await page.locator('.status-connected').waitFor();
  await page.locator('.event').first().waitFor();
  await page.locator('canvas').waitFor();
  await page.getByText('counted since').waitFor({ state: 'hidden' });
  await page.locator('.event', { hasText: 'Injecting the clock' }).first().click();
  await page.locator('pre').waitFor();
  await page.screenshot({ path: join(FOLDER, `events-${colorScheme}.png`) });
  console.log(`docs/images/events-${colorScheme}.png`);
  await page.close();
}
await browser.close();

async function publishSampleEvents(url: string): Promise<void> {
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(sampleEvents(Date.now(), MINUTES)),
  });
  if (response.status !== 201) throw new Error(`POST /events answered ${response.status}: ${await response.text()}`);
}
