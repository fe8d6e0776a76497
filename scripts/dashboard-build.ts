import { join } from 'node:path';
import { isStale } from './is-stale.ts';
import { ROOT } from './step.ts';

const BUILT = ['dist/web/index.html', 'dist/ssr/render.js'];
const SOURCES = [
  '{package-lock.json,vite.config.ts,vite.ssr.config.ts,index.html}',
  'src/{protocol,client,react,ui,dashboard}/**/*',
  'src/surfaces/*/{events,search-words}.ts',
  'src/surfaces/*/web/**/*',
];

/** Whether the built dashboard is missing or older than any file it is made from. */
export const isDashboardStale = () => isStale(BUILT, SOURCES);

/** Builds the dashboard for browsers into `dist/web` and for the server into `dist/ssr`; settles with Vite's exit code. */
export async function buildDashboard(): Promise<number> {
  return (await build('vite.config.ts')) || build('vite.ssr.config.ts');
}

function build(config: string): Promise<number> {
  const vite = [
    'bun',
    '--bun',
    join(ROOT, 'node_modules/.bin/vite'),
    'build',
    '--logLevel',
    'warn',
    '--config',
    config,
  ];
  // Whatever it is run by: a bundle of development's JSX beside production's React renders nothing.
  const env = { ...process.env, NODE_ENV: 'production' };
  return Bun.spawn(vite, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] }).exited;
}
