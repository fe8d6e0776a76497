import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isStale } from './is-stale.ts';
import { ROOT, runStep } from './step.ts';

const OUT = join(ROOT, 'dist/package');

/** Whether `dist/package` is missing or older than any file it is made from. */
export const isPackageStale = () =>
  isStale(
    ['dist/package/client/index.js', 'dist/package/server/index.d.ts'],
    ['{package,tsconfig.*}.json', 'package-lock.json', 'src/**/*.{ts,tsx}'],
  );

/** Builds `dist/package`, what the package's exports point to; throws with what the compiler wrote. */
export async function buildPackage(): Promise<void> {
  await rm(OUT, { recursive: true, force: true });
  for (const config of ['tsconfig.package.json', 'tsconfig.package-conformance.json', 'tsconfig.package-server.json']) {
    const { ok, output } = await runStep({ name: config, command: ['tsc', '--pretty', 'false', '-p', config] });
    if (!ok) throw new Error(`${config}:\n${output}`);
  }
  await Promise.all(
    [...new Bun.Glob('**/*.d.ts').scanSync({ cwd: OUT })].map((file) => pointAtOutput(join(OUT, file))),
  );
}

/** The compiler rewrites the extensions of imports in JavaScript but not in declarations. */
async function pointAtOutput(path: string): Promise<void> {
  const text = await Bun.file(path).text();
  await Bun.write(path, text.replace(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]*)\.tsx?(['"])/g, '$1.js$2'));
}

/** Packs the package as it would be published into a folder; settles with the path of the archive. */
export async function packPackage(folder: string): Promise<string> {
  const { ok, output } = await runStep({
    name: 'pack',
    command: ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
  });
  const name = output.split('\n').at(-1)?.trim();
  if (!ok || !name?.endsWith('.tgz')) throw new Error(`npm pack:\n${output}`);
  return join(folder, name);
}
