import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { startServer } from './start-server.ts';

const ROOT = join(import.meta.dirname, '..');
const TABS = 10;

interface Arrival {
  readonly id: number;
  readonly at: number;
}

/** Tabs of the server's origin that all show the feed `/stream` by server-sent events over HTTP/1.1. */
async function openTabs(context: BrowserContext, url: string): Promise<readonly Page[]> {
  const bundle = execFileSync(
    join(ROOT, 'node_modules/.bin/bun'),
    ['build', '--target=browser', '--format=iife', join(ROOT, 'tests/client-suite/run-in-tab.ts')],
    { encoding: 'utf8' },
  );
  const tabs: Page[] = [];
  for (let count = 0; count < TABS; count += 1) {
    const tab = await context.newPage();
    await tab.goto(`${url}/healthz`);
    await tab.evaluate(bundle);
    await expect.poll(() => tab.evaluate<string>('statusName()')).toBe('live');
    tabs.push(tab);
  }
  return tabs;
}

async function post(url: string): Promise<Arrival> {
  const at = Date.now();
  const answer = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ timestamp: new Date().toISOString(), source_app: 'tabs', event_type: 'Stop' }),
  });
  const { id } = (await answer.json()) as { readonly id: number };
  return { id, at };
}

const arrivalsIn = (tab: Page) => tab.evaluate<readonly Arrival[]>('arrivals');
const idsIn = async (tab: Page) => (await arrivalsIn(tab)).map(({ id }) => id);
const readersOf = async (url: string) => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^millrace_readers\{[^}]*\} (\d+)$/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
};

test('ten tabs share one connection, each can still fetch, and a killed leader hands over within a second', async ({
  context,
}) => {
  await using server = await startServer();
  const tabs = await openTabs(context, server.url);
  expect(await readersOf(server.url)).toBe(1);

  const answers = await Promise.all(
    tabs.map((tab) => tab.evaluate<number>("fetch('/readyz').then(({ status }) => status)")),
  );
  expect(answers).toEqual(tabs.map(() => 200));

  const posted = [await post(server.url), await post(server.url)];
  for (const tab of tabs) await expect.poll(() => idsIn(tab)).toEqual(posted.map(({ id }) => id));

  const leads = await Promise.all(tabs.map((tab) => tab.evaluate<boolean>('isLeader()')));
  expect(leads.filter(Boolean)).toHaveLength(1);
  const leader = tabs[leads.indexOf(true)];
  if (!leader) throw new Error('nobody leads');
  const others = tabs.filter((tab) => tab !== leader);

  const session = await context.newCDPSession(leader);
  const crashed = leader.waitForEvent('crash');
  // One after the other, so that they are spread over the hand-over.
  for (let count = 0; count < 200; count += 1) {
    posted.push(await post(server.url));
    if (count === 50) session.send('Page.crash').catch(() => {});
  }
  await crashed;
  const ids = posted.map(({ id }) => id);
  for (const tab of others) await expect.poll(() => idsIn(tab)).toEqual(ids);

  const postedAt = new Map(posted.map(({ id, at }) => [id, at]));
  const delays = (await Promise.all(others.map(arrivalsIn))).flat().map(({ id, at }) => at - (postedAt.get(id) ?? 0));
  const longestMs = Math.max(...delays);
  console.log(`hand-over: the longest that an event took to a tab was ${longestMs} ms`);
  // Tabs that had to notice the silence of a leader would need longer than its heartbeats are apart, 15 s.
  expect(longestMs).toBeLessThan(5_000);
  expect(await readersOf(server.url)).toBe(1);
});
