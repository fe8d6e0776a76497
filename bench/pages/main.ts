import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { startChildServer } from '../subjects/child-server.ts';
import { fillLog } from './fill-log.ts';
import {
  type LiveFigures,
  type LoadFigures,
  type LongestTask,
  measureControl,
  measureLive,
  measureLoads,
} from './measure-page.ts';

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
    const loads: LoadFigures[] = [];
    for (const path of PATHS) loads.push(await measureLoads(browser, url, path));
    const figures: (LoadFigures & LiveFigures)[] = [];
    for (const load of loads) figures.push({ ...load, ...(await measureLive(browser, url, load.path)) });
    const control = await measureControl(browser, url);
    console.log(values.json ? JSON.stringify({ figures, control }, undefined, 2) : table(figures, control));
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function table(figures: readonly (LoadFigures & LiveFigures)[], control: LongestTask): string {
  const head = ['page', 'LCP ms', 'CLS', 'script gz', 'live updates', 'live shift', 'task ms', 'worst', 'by the clock'];
  const rows = figures.map(({ path, lcpMs, shift, task, scriptBytes, updates, liveShift }) => [
    path,
    `${lcpMs.toFixed(0)}${mark(lcpMs <= BUDGET.lcpMs)}`,
    `${shift.toFixed(4)}${mark(shift <= BUDGET.shift)}`,
    `${(scriptBytes / 1_000).toFixed(0)} KB${mark(scriptBytes <= BUDGET.scriptBytes)}`,
    String(updates),
    liveShift.toFixed(2),
    ...cellsOf(task),
  ]);
  const stored = Number(values.stored).toLocaleString('en');
  return [
    `${stored} events and messages stored. LCP: median of 5 loads; CLS of a load; script until it is taken over.`,
    'Longest task of the main thread while 100 messages and 100 events a second come: its time on a processor, the',
    'median and the worst of 5 phases, and the worst by the clock, in which it also waits for the two processors that',
    'browser, server and writer share. Control: a page that does the same 5 to 10 ms of work in every frame.',
    `Budgets: LCP ${BUDGET.lcpMs} ms, CLS ${BUDGET.shift}, task ${BUDGET.taskMs} ms, script ${BUDGET.scriptBytes / 1_000} KB; ! marks a missed one.`,
    ...[head, ...rows, ['control', '', '', '', '', '', ...cellsOf(control)]].map((cells) =>
      cells.map((cell, index) => cell.padEnd(index === 0 ? 17 : 14)).join(''),
    ),
  ].join('\n');
}

function cellsOf({ medianMs, worstMs, worstWallMs }: LongestTask): readonly string[] {
  return [`${medianMs.toFixed(1)}${mark(medianMs <= BUDGET.taskMs)}`, worstMs.toFixed(1), worstWallMs.toFixed(1)];
}

function mark(isMet: boolean): string {
  return isMet ? '' : ' !';
}
