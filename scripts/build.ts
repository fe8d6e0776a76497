import { buildDashboard, isDashboardStale } from './dashboard-build.ts';

// Builds the dashboard; with `--if-stale` only when it is missing or older than its sources.

if (process.argv.includes('--if-stale') && !isDashboardStale()) process.exit(0);
console.error('building the dashboard');
process.exit(await buildDashboard());
