import { join } from 'node:path';
import { ROOT } from './step.ts';

/** Whether anything of what was built is missing or older than any file it is made from; patterns from the root. */
export function isStale(built: readonly string[], sources: readonly string[]): boolean {
  const files = built.map((file) => Bun.file(join(ROOT, file)));
  if (files.some(({ size }) => size === 0)) return true;
  const builtAt = Math.min(...files.map(({ lastModified }) => lastModified));
  return sources.some((pattern) =>
    filesLike(pattern).some((file) => Bun.file(join(ROOT, file)).lastModified > builtAt),
  );
}

function filesLike(pattern: string): string[] {
  const files = [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })];
  // Changes there would go unnoticed.
  if (files.length === 0) throw new Error(`no file is like ${pattern}`);
  return files;
}
