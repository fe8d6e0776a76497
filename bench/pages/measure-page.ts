import type { Browser, CDPSession, Page } from '@playwright/test';
import { keepWriting } from './fill-log.ts';

export interface PageFigures {
  readonly path: string;
  /** Largest contentful paint, the median of 5 loads. */
  readonly lcpMs: number;
  /** Cumulative layout shift of a load, the worst of 5. */
  readonly shift: number;
  /** Longest task of the main thread while live updates came. */
  readonly longestTaskMs: number;
  /** Scripts that the first load waits for, until the page is taken over; gzipped. */
  readonly scriptBytes: number;
  /** How much the page moved by itself while live updates came: rows that are pushed on, and ranks that change. */
  readonly liveShift: number;
  /** Frames of streams that came in the live phase. */
  readonly updates: number;
}

const LOADS = 5;
const LIVE_MS = 5_000;
const PER_SECOND = 100;
/** After the last paint of a load nothing larger follows for this long. */
const SETTLE_MS = 700;

/** Opens a page as somebody's browser would, several times, and then watches it while the server is busy. */
export async function measurePage(browser: Browser, url: string, path: string): Promise<PageFigures> {
  const paints: number[] = [];
  let shift = 0;
  let scriptBytes = 0;
  for (let load = 0; load < LOADS; load += 1) {
    await using context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(observe);
    await page.goto(url + path, { waitUntil: 'load' });
    await page.waitForTimeout(SETTLE_MS);
    const seen = await read(page);
    paints.push(seen.lcp);
    shift = Math.max(shift, seen.shift);
    scriptBytes = Math.max(scriptBytes, await scriptsOf(page));
  }
  const live = await measureLive(browser, url, path);
  paints.sort((a, b) => a - b);
  return {
    ...live,
    path,
    lcpMs: paints[Math.floor(LOADS / 2)] ?? 0,
    shift,
    scriptBytes,
  };
}

async function measureLive(browser: Browser, url: string, path: string) {
  await using context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  let updates = 0;
  cdp.on('Network.webSocketFrameReceived', () => {
    updates += 1;
  });
  cdp.on('Network.eventSourceMessageReceived', () => {
    updates += 1;
  });
  await cdp.send('Network.enable');
  await page.addInitScript(observe);
  await page.goto(url + path, { waitUntil: 'load' });
  await page.waitForSelector('.status-connected');
  await page.waitForTimeout(SETTLE_MS);
  updates = 0;
  const stop = keepWriting(url, PER_SECOND);
  try {
    const tasks = await longestTask(cdp, () => page.waitForTimeout(LIVE_MS));
    return { longestTaskMs: tasks, updates, liveShift: (await read(page)).shift };
  } finally {
    stop();
  }
}

interface TraceEvent {
  readonly name?: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly pid?: number;
  readonly tid?: number;
  readonly args?: { readonly name?: string };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

/** The longest task of the page's main thread, from a trace. */
async function longestTask(cdp: CDPSession, work: () => Promise<void>): Promise<number> {
  const tasks: TraceEvent[] = [];
  const mainThreads = new Set<string>();
  cdp.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as TraceEvent[]) {
      if (event.name === 'RunTask') tasks.push(event);
      if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') mainThreads.add(threadOf(event));
    }
  });
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', 'devtools.timeline'] },
  });
  await work();
  const complete = new Promise((resolve) => {
    cdp.once('Tracing.tracingComplete', resolve);
  });
  await cdp.send('Tracing.end');
  await complete;
  if (mainThreads.size === 0) throw new Error('the trace names no main thread');
  const own = tasks.filter((event) => mainThreads.has(threadOf(event)));
  return Math.max(0, ...own.map(({ dur = 0 }) => dur / 1_000));
}

/** Bytes of the scripts that were asked for before the page was taken over. */
function scriptsOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const [mark] = performance.getEntriesByName('millrace-taken-over');
    if (!mark) throw new Error('the page was not taken over');
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const scripts = entries.filter(({ name, startTime }) => /\.js$/.test(name) && startTime < mark.startTime);
    return scripts.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0);
  });
}

interface Seen {
  readonly lcp: number;
  readonly shift: number;
}

/** Runs in the page, before its own scripts. */
function observe(): void {
  const seen = { lcp: 0, shift: 0 };
  Object.assign(window, { seenByBench: seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { readonly value: number })[])
      seen.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

function read(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { seenByBench: Seen }).seenByBench);
}
