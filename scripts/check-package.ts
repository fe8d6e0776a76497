import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage, packPackage } from './package-build.ts';
import { ROOT, runStep } from './step.ts';

// The package as others get it: its exports resolve, its types are found, and its client stays small and free of servers.

const CLIENT_LIMIT_BYTES = 12 * 1024;

const BIN = join(ROOT, 'node_modules/.bin');
if (['publint', 'attw'].some((tool) => !Bun.which(tool, { PATH: BIN }))) {
  console.log('publint or attw is missing: run `npm ci`');
  process.exit(1);
}

const scratch = await mkdtemp(join(tmpdir(), 'millrace-package-'));
try {
  await buildPackage();
  const archive = await packPackage(scratch);
  const results = await Promise.all([
    runStep({ name: 'publint', command: ['publint', archive, '--strict'] }),
    runStep({
      name: 'types',
      command: ['attw', archive, '--profile', 'esm-only', '--no-color', '--no-emoji', '--format', 'ascii'],
    }),
  ]);
  const problems = results.filter(({ ok }) => !ok).map(({ name, output }) => `${name}:\n${output}`);
  const { bytes, foreign } = await measureClient();
  console.log(`client: ${bytes} of ${CLIENT_LIMIT_BYTES} bytes, minified and gzipped`);
  if (bytes > CLIENT_LIMIT_BYTES) problems.push('the client is larger than its limit');
  problems.push(...foreign.map((path) => `the client pulls in ${path}`), ...(await undeclaredImports()));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/** What the built modules import and npm would not install beside them. */
async function undeclaredImports(): Promise<readonly string[]> {
  const manifest = await Bun.file(join(ROOT, 'package.json')).json();
  const declared = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]);
  const transpiler = new Bun.Transpiler({ loader: 'js' });
  const folder = join(ROOT, 'dist/package');
  const problems: string[] = [];
  for (const file of new Bun.Glob('**/*.js').scanSync({ cwd: folder })) {
    const imports = transpiler.scanImports(await Bun.file(join(folder, file)).text());
    for (const { path } of imports) {
      if (/^(\.|node:)/.test(path)) continue;
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      if (!declared.has(name))
        problems.push(`dist/package/${file} imports ${path}, which package.json does not declare`);
    }
  }
  return problems;
}

/** The client entry with everything it imports, as a page would load it. */
async function measureClient(): Promise<{ readonly bytes: number; readonly foreign: readonly string[] }> {
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, 'dist/package/client/index.js')],
    target: 'browser',
    minify: true,
    sourcemap: 'external',
  });
  const script = outputs.find(({ kind }) => kind === 'entry-point');
  const map = outputs.find(({ kind }) => kind === 'sourcemap');
  if (!script || !map) throw new Error('the client was not bundled');
  const { sources } = (await map.json()) as { readonly sources: readonly string[] };
  return {
    bytes: Bun.gzipSync(await script.arrayBuffer()).byteLength,
    foreign: sources.filter(
      (source) => !/package\/(client|protocol)\/|node_modules\/(zod|eventsource-parser)\//.test(source),
    ),
  };
}
