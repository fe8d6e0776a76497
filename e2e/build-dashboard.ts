import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Playwright's global set-up: the server serves the built dashboard. */
export default function buildDashboard(): void {
  execFileSync(join(ROOT, 'node_modules/.bin/bun'), ['scripts/build.ts', '--if-stale'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
