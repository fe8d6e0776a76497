import { join } from 'node:path';
import { ROOT } from './step.ts';

const BUILT = 'dist/web/index.html';
const SOURCES = [
  '{package-lock.json,vite.config.ts,index.html}',
  'src/{protocol,client,react,ui,dashboard}/**/*',
  'src/surfaces/*/{events,search-words}.ts',
  'src/surfaces/*/web/**/*',
];

/** Whether the built dashboard is missing or older than any file it is made from. */
export function isDashboardStale(): boolean {
  const built = Bun.file(join(ROOT, BUILT));
  if (built.size === 0) return true;
  const builtAt = built.lastModified;
  return sourceFiles().some((file) => Bun.file(join(ROOT, file)).lastModified > builtAt);
}

/** Builds the dashboard into `dist/web`; settles with the exit code of Vite. */
export function buildDashboard(): Promise<number> {
  return Bun.spawn(['bun', '--bun', join(ROOT, 'node_modules/.bin/vite'), 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  }).exited;
}

function sourceFiles(): string[] {
  return SOURCES.flatMap((pattern) => {
    const files = [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })];
    // Changes there would go unnoticed.
    if (files.length === 0) throw new Error(`no file is like ${pattern}`);
    return files;
  });
}
