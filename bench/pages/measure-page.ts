import type { Browser, CDPSession, Page } from '@playwright/test';
import { keepWriting } from './fill-log.ts';

/** What loading a page is like. */
export interface LoadFigures {
  readonly path: string;
  /** Largest contentful paint, the median of 5 loads. */
  readonly lcpMs: number;
  /** Cumulative layout shift of a load, the worst of 5. */
  readonly shift: number;
  /** Scripts that the first load waits for, until the page is taken over; gzipped. */
  readonly scriptBytes: number;
}

/** What live updates cost a page. */
export interface LiveFigures {
  /** The longest task of the main thread while live updates came. */
  readonly task: LongestTask;
  /** How much the page moved by itself while live updates came: rows that are pushed on, and ranks that change. */
  readonly liveShift: number;
  /** Frames of streams that came in the live phase. */
  readonly updates: number;
}

/** The most that one task of a main thread took, in each of several phases. */
export interface LongestTask {
  /** Its time on a processor, the median of the phases. */
  readonly medianMs: number;
  /** Its time on a processor, in the worst phase. */
  readonly worstMs: number;
  /** By the clock, in the worst phase: with what it waited for a processor while others had it. */
  readonly worstWallMs: number;
}

const LOADS = 5;
const PHASES = 5;
const PHASE_MS = 3_000;
const PER_SECOND = 100;
/** After the last paint of a load nothing larger follows for this long. */
const SETTLE_MS = 700;

/** Opens a page as somebody's browser would, several times. */
export async function measureLoads(browser: Browser, url: string, path: string): Promise<LoadFigures> {
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
  return { path, lcpMs: median(paints), shift, scriptBytes };
}

/**
 * A page of nothing but the same few milliseconds of work in every frame, beside the same writer: what it takes longer
 * than that is the machine's doing.
 */
export async function measureControl(browser: Browser, url: string): Promise<LongestTask> {
  await using context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await page.evaluate(workEveryFrame);
  const stop = keepWriting(url, PER_SECOND);
  try {
    return await longestTask(cdp, () => page.waitForTimeout(PHASE_MS));
  } finally {
    stop();
  }
}

/** Watches a page while the server is busy. */
export async function measureLive(browser: Browser, url: string, path: string): Promise<LiveFigures> {
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
    const task = await longestTask(cdp, () => page.waitForTimeout(PHASE_MS));
    return { task, updates, liveShift: (await read(page)).shift };
  } finally {
    stop();
  }
}

interface TraceEvent {
  readonly name?: string;
  /** Microseconds. */
  readonly dur?: number;
  /** Microseconds of `dur` in which the thread had a processor. */
  readonly tdur?: number;
  readonly pid?: number;
  readonly tid?: number;
  readonly args?: { readonly name?: string };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

interface Task {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** The longest task of the page's main thread in each phase. */
async function longestTask(cdp: CDPSession, phase: () => Promise<void>): Promise<LongestTask> {
  const processor: number[] = [];
  const wall: number[] = [];
  for (let round = 0; round < PHASES; round += 1) {
    const tasks = await traceTasks(cdp, phase);
    processor.push(Math.max(0, ...tasks.map(({ processorMs }) => processorMs)));
    wall.push(Math.max(0, ...tasks.map(({ wallMs }) => wallMs)));
  }
  return { medianMs: median(processor), worstMs: Math.max(...processor), worstWallMs: Math.max(...wall) };
}

/** The tasks of the page's main thread, from a trace. */
async function traceTasks(cdp: CDPSession, work: () => Promise<void>): Promise<readonly Task[]> {
  const tasks: TraceEvent[] = [];
  const mainThreads = new Set<string>();
  const collect = ({ value }: { readonly value: object[] }) => {
    for (const event of value as TraceEvent[]) {
      if (event.name === 'RunTask') tasks.push(event);
      if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') mainThreads.add(threadOf(event));
    }
  };
  cdp.on('Tracing.dataCollected', collect);
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
  cdp.off('Tracing.dataCollected', collect);
  if (mainThreads.size === 0) throw new Error('the trace names no main thread');
  const own = tasks.filter((event) => mainThreads.has(threadOf(event)));
  if (own.every(({ tdur }) => tdur === undefined)) throw new Error('the trace has no processor times');
  return own.map(({ dur = 0, tdur = 0 }) => ({ wallMs: dur / 1_000, processorMs: tdur / 1_000 }));
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

/** Runs in the page. */
function workEveryFrame(): void {
  const WORK_MS = 5;
  const spin = (rounds: number) => {
    let sum = 0;
    for (let round = 0; round < rounds; round += 1) sum += Math.sqrt(round);
    return sum;
  };
  let rounds = 100_000;
  for (let took = 0; took < WORK_MS; ) {
    rounds *= 2;
    const startedAt = performance.now();
    spin(rounds);
    took = performance.now() - startedAt;
  }
  const frame = () => {
    document.title = String(spin(rounds));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
