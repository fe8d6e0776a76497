import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type InstalledPackage, installPackage } from '../tests/support/installed-package.ts';
import { stopClock } from './page-time.ts';
import { publish } from './publish.ts';
import { reportBoth } from './report.ts';
import { outputMatching, startServer } from './start-server.ts';
import { nextTry } from './try-again.ts';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples/react-dashboard');
/** What the example installs from the registry besides Millrace. */
const PACKAGES = ['react', 'react-dom', '@tanstack/react-query', 'vite', '@vitejs/plugin-react'];

/** The example in a folder of its own, with the packed Millrace, built as its README says. */
function buildExample(): InstalledPackage {
  const installed = installPackage();
  const modules = join(installed.folder, 'node_modules');
  for (const name of PACKAGES) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  cpSync(EXAMPLE, installed.folder, {
    recursive: true,
    filter: (path) => !/node_modules|\/dist/.test(path.slice(EXAMPLE.length)),
  });
  vite(installed.folder, 'build');
  return installed;
}

const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');

function vite(cwd: string, command: string): void {
  execFileSync('node', [VITE, command], { cwd, stdio: 'pipe' });
}

test("a stranger's dashboard, made with the package's public entries alone, is live and comes back", async ({
  page,
}) => {
  using installed = buildExample();
  let server = await startServer();
  const preview = spawn('node', [VITE, 'preview', ...['--host', '127.0.0.1', '--port', '4851']], {
    cwd: installed.folder,
    env: { ...process.env, MILLRACE_URL: server.url, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(preview, 'exit');
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  try {
    const url = await outputMatching(preview, /http:\/\/127\.0\.0\.1:\d+/);
    await reportBoth(server.url, 'billing', 10);
    await reportBoth(server.url, 'archive', 5, 4);
    await page.clock.install();
    await page.goto(url);
    const connection = page.getByRole('status', { name: /^Connection: / });
    const row = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    await expect(connection).toHaveText('Connected');
    await expect(row('billing')).toHaveText('billingverifiedrows 10');
    await expect(row('archive')).toHaveText('archivediscrepancyrows 4');

    await reportBoth(server.url, 'billing', 10, 9);
    await expect(row('billing')).toContainText('discrepancy');
    await reportBoth(server.url, 'archive', 5);
    await page.getByRole('checkbox', { name: 'Only those in trouble' }).check();
    await expect(row('archive')).toHaveCount(0);
    await page.getByRole('checkbox', { name: 'Only those in trouble' }).uncheck();
    await publish(server.url, { summary: 'Reading the ledger' });
    await expect(page.getByRole('list', { name: 'Latest events' })).toContainText('shop: Reading the ledger');

    const { port: serverPort } = server;
    await server.stop('SIGKILL');
    await expect(connection).toHaveText('Reconnecting…');
    await expect(row('billing')).toHaveCount(1);
    // The clock of the page stands while the server comes back: nothing but the button tries again.
    await stopClock(page);
    await expect(nextTry(page)).toBeVisible();
    server = await startServer({ port: serverPort });
    await reportBoth(server.url, 'billing', 11);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await expect(nextTry(page)).toBeVisible();
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Reconnect' }).click();
    await expect(connection).toHaveText('Connected');
    expect(asked).toContain('/reconciliation/stream');
    await page.clock.resume();
    await expect(row('billing')).toHaveText('billingverifiedrows 11');
    expect(problems).toEqual([]);
  } finally {
    preview.kill('SIGTERM');
    await exited;
    await server.stop();
  }
});
