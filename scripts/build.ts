import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard, isDashboardStale } from './dashboard-build.ts';
import { ROOT } from './step.ts';

// Builds the dashboard; with `--if-stale` only when it is missing or older than its sources.

if (process.argv.includes('--if-stale') && !isDashboardStale()) process.exit(0);
if (!existsSync(join(ROOT, 'node_modules/.bin/vite'))) {
  console.error('the dashboard is not built, and what builds it is not installed: run `npm ci --include=dev`');
  process.exit(1);
}
console.error('building the dashboard');
process.exit(await buildDashboard());
