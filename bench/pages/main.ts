import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { startChildServer } from '../subjects/child-server.ts';
import { fillLog } from './fill-log.ts';
import { measurePage, type PageFigures } from './measure-page.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATHS = ['/', '/ops', '/messages', '/channels', '/users', '/users/user-7', '/events', '/reconciliation'];
/** docs/specs.md 000 and PROMISES: budgets of a page, on a production build. */
const BUDGET = { lcpMs: 1_500, shift: 0, taskMs: 50, scriptBytes: 200_000 };

const { values } = parseArgs({
  options: { stored: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
});

// Measures what a person's browser feels of each page; a missed budget is printed, and is no failure.
const folder = mkdtempSync(join(tmpdir(), 'millrace-pages-'));
try {
  await using server = await startChildServer({
    command: join(ROOT, 'node_modules/.bin/bun'),
    args: [join(ROOT, 'src/server/main.ts')],
    env: { MILLRACE_PORT: '0', MILLRACE_DATA_DIR: folder, MILLRACE_RETENTION_MB: '65536' },
  });
  const url = `http://127.0.0.1:${server.port}`;
  await fillLog(url, Number(values.stored));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const figures: PageFigures[] = [];
    for (const path of PATHS) figures.push(await measurePage(browser, url, path));
    console.log(values.json ? JSON.stringify(figures, undefined, 2) : table(figures));
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function table(figures: readonly PageFigures[]): string {
  const head = ['page', 'LCP ms', 'CLS', 'longest task ms', 'script gz', 'live updates', 'live shift'];
  const rows = figures.map(({ path, lcpMs, shift, longestTaskMs, scriptBytes, updates, liveShift }) => [
    path,
    `${lcpMs.toFixed(0)}${mark(lcpMs <= BUDGET.lcpMs)}`,
    `${shift.toFixed(4)}${mark(shift <= BUDGET.shift)}`,
    `${longestTaskMs.toFixed(1)}${mark(longestTaskMs <= BUDGET.taskMs)}`,
    `${(scriptBytes / 1_000).toFixed(0)} KB${mark(scriptBytes <= BUDGET.scriptBytes)}`,
    String(updates),
    liveShift.toFixed(2),
  ]);
  const stored = Number(values.stored).toLocaleString('en');
  return [
    `${stored} events and messages stored; LCP is the median of 5 loads; CLS of the load; script until the page is taken over;`,
    'longest task, updates and shift while 100 messages and 100 events a second come',
    `budgets: LCP ${BUDGET.lcpMs} ms, CLS ${BUDGET.shift}, task ${BUDGET.taskMs} ms, script ${BUDGET.scriptBytes / 1_000} KB; ! marks a missed one`,
    ...[head, ...rows].map((cells) => cells.map((cell) => cell.padEnd(17)).join('')),
  ].join('\n');
}

function mark(isMet: boolean): string {
  return isMet ? '' : ' !';
}
