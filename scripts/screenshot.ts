import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { startServer } from '../e2e/start-server.ts';
import { buildDashboard, isDashboardStale } from './dashboard-build.ts';
import { CHROMIUM, describeMissing, findTool } from './provision.ts';
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
  await page.screenshot({ path: join(FOLDER, `events-${colorScheme}.png`) });
  console.log(`docs/images/events-${colorScheme}.png`);
  await page.close();
}
await browser.close();

async function publishSampleEvents(url: string): Promise<void> {
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(sampleEvents(Date.now())),
  });
  if (response.status !== 201) throw new Error(`POST /events answered ${response.status}: ${await response.text()}`);
}

/** A few minutes of three agents at work, the same in every run but for the time. */
function sampleEvents(now: number): unknown[] {
  const sessions = [
    { source_app: 'checkout-service', session_id: '8f1c2a9e-41d7-4a53-9a60-52c1de3b7f04' },
    { source_app: 'resume-agent', session_id: '550e8400-e29b-41d4-a716-446655440000' },
    { source_app: 'docs-site', session_id: 'c1a7b6d2-0f3e-4d8c-8b1a-7be0f5a9d3c6' },
  ];
  const turns = [
    { event_type: 'UserPromptSubmit', summary: 'Make the retry test deterministic' },
    { event_type: 'PreToolUse', tool_name: 'Read', summary: 'Reading src/payments/retry.ts' },
    { event_type: 'PostToolUse', tool_name: 'Read', summary: 'Read 184 lines' },
    { event_type: 'PreToolUse', tool_name: 'Edit', summary: 'Injecting the clock into retry()' },
    { event_type: 'PostToolUse', tool_name: 'Edit', summary: 'Changed 12 lines in src/payments/retry.ts' },
    { event_type: 'PreToolUse', tool_name: 'Bash', summary: 'npm test -- retry' },
    { event_type: 'PostToolUse', tool_name: 'Bash', summary: '14 passed, 0 failed' },
    { event_type: 'Notification', summary: 'Waiting for permission to push' },
    { event_type: 'SubagentStop', summary: 'Reviewer finished with 2 remarks' },
    { event_type: 'Stop', summary: 'Turn ended after 41 s' },
  ];
  const count = MINUTES * 60;
  return Array.from({ length: count }, (_, index) => {
    const turn = turns[Math.floor(index / 2) % turns.length];
    // Primes spread the agents and the pauses without randomness, so that two runs look alike.
    const ageMs = (count - index) * 1000 + ((index * 7919) % 700);
    return {
      timestamp: new Date(now - ageMs).toISOString(),
      ...sessions[(index * 31) % sessions.length],
      ...turn,
      metadata: JSON.stringify({ cwd: '/home/dev/project', step: index + 1 }),
    };
  });
}
