import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BUN = join(ROOT, 'node_modules/.bin/bun');

export interface InstalledPackage extends Disposable {
  /** A program's folder, with Millrace in its `node_modules` as npm would install it. */
  readonly folder: string;
  /** Bundles a program of the tests for Node into the folder; returns its path. */
  bundle(source: string): string;
}

/** Builds and packs the package and installs it into a scratch folder, without a registry. */
export function installPackage(): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-installed-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'millrace'), { recursive: true });
  execFileSync(BUN, [join(ROOT, 'scripts/build-package.ts'), '--if-stale'], { cwd: ROOT });
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const archive = join(folder, packed.toString().trim().split('\n').at(-1) ?? '');
  execFileSync('tar', ['-xzf', archive, '-C', join(modules, 'millrace'), '--strip-components=1']);
  for (const dependency of ['zod', 'eventsource-parser']) {
    symlinkSync(join(ROOT, 'node_modules', dependency), join(modules, dependency));
  }
  return {
    folder,
    bundle(source) {
      const out = join(folder, 'program.mjs');
      const flags = ['--target=node', '--format=esm', `--outfile=${out}`];
      execFileSync(BUN, ['build', join(ROOT, source), ...flags]);
      return out;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
