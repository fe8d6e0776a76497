import { setInterval } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { type Published, publish } from './publish.ts';
import { startServer } from './start-server.ts';

const EVENTS_PER_SECOND = 1_000;
const SECONDS = 8;
const PER_BATCH = 50;

const TYPES = ['PreToolUse', 'PostToolUse', 'Notification', 'Stop'];

function burst(from: number): Published[] {
  return Array.from({ length: PER_BATCH }, (_, index) => ({
    source_app: `app-${(from + index) % 5}`,
    session_id: `session-${(from + index) % 9}`,
    event_type: TYPES[(from + index) % TYPES.length] ?? 'Stop',
    tool_name: 'Bash',
    summary: `event ${from + index}`,
    metadata: JSON.stringify({ step: from + index }),
  }));
}

// Prints what the page manages; only what must hold on any machine is asserted.
test('the list follows 1,000 events a second and keeps few rows alive', async ({ page }) => {
  await using server = await startServer();
  await publish(server.url, { summary: 'first' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${server.url}/events`);
  await page.waitForSelector('.event');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const tick = (now: number) => {
      frames.push(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const before = await cpuSeconds();
  let sent = 0;
  const posts: Promise<void>[] = [];
  for await (const _ of setInterval((PER_BATCH / EVENTS_PER_SECOND) * 1_000)) {
    posts.push(publish(server.url, ...burst(sent)));
    sent += PER_BATCH;
    if (sent >= EVENTS_PER_SECOND * SECONDS) break;
  }
  const busy = (await cpuSeconds()) - before;
  const frames = await page.evaluate<number[]>('window.frames');
  await Promise.all(posts);
  const gaps = frames.slice(1).map((frame, index) => frame - (frames[index] ?? frame));
  const mean = (1_000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
  const sorted = gaps.sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  console.log(`${sent} events in ${SECONDS} s: ${mean.toFixed(1)} frames per second, p99 frame ${p99.toFixed(1)} ms`);
  // On a machine that is busy otherwise the frame rate says little; the page's own work per frame says more.
  console.log(`main thread: ${((1_000 * busy) / frames.length).toFixed(1)} ms of work a frame`);
  await expect(page.locator('dl').getByText((sent + 1).toLocaleString('en'))).toBeVisible();
  await expect(page.locator('.event', { hasText: `event ${sent - 1}` })).toBeVisible();
  expect(await page.locator('.event').count()).toBeLessThan(60);
});
