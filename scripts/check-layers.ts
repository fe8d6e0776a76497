import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { layerRules } from './layer-rules.ts';

// The layer rule of a source tree: the current folder's. Exits 1 with one line per violation.

const SOURCES = '{src,tests,bench,e2e,scripts}/**/*.{ts,tsx}';
const files = [...new Bun.Glob(SOURCES).scanSync({ cwd: '.' })].sort();

const reasons = new Map(layerRules.map(({ name, comment }) => [name, comment]));

const { output } = await cruise(files, {
  validate: true,
  ruleSet: { forbidden: layerRules },
  doNotFollow: { path: 'node_modules' },
  moduleSystems: ['es6'],
  tsPreCompilationDeps: true,
  // What the runtime has built in; the library's own list is Node's and lacks Bun's.
  builtInModules: { override: builtinModules.filter(isNoPackage).flatMap(withPrefix), add: [] },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
});
if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text');

const problems = [...describeViolations(output), ...unseenFiles(output), ...scatteredAdapters()];
for (const problem of problems) console.log(problem);
console.log(`${files.length} files, ${output.summary.totalDependenciesCruised} imports, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

/** Bun answers imports of these packages itself; they are packages all the same. */
function isNoPackage(name: string): boolean {
  return name !== 'ws' && name !== 'undici';
}

function withPrefix(name: string): string[] {
  return name.includes(':') || name === 'bun' ? [name] : [name, `node:${name}`];
}

function describeViolations({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to} (${reasons.get(rule.name)})`);
}

/** A parser that does not know TypeScript sees no module and finds no violation: then this speaks up. */
function unseenFiles({ modules, summary }: ICruiseResult): string[] {
  const seen = new Set(modules.filter(({ followable }) => followable !== false).map(({ source }) => source));
  if (files.length === 0 || summary.totalDependenciesCruised === 0) return ['no-modules: no import was seen'];
  return files.filter((file) => !seen.has(file)).map((file) => `unseen: ${file} was not cruised`);
}

/** What only one file of the server may touch, so that another runtime needs one new file. */
function scatteredAdapters(): string[] {
  const shipped = files.filter((file) => file.startsWith('src/') && !file.includes('.test.'));
  return [
    { name: 'one-sqlite-adapter', pattern: /from 'bun:sqlite'|import\('bun:sqlite'\)/ },
    { name: 'one-http-adapter', pattern: /\bBun\.serve\b|import \{[^}]*\bserve\b[^}]*\} from 'bun'/ },
  ].flatMap(({ name, pattern }) => {
    const users = shipped.filter((file) => pattern.test(withoutComments(readFileSync(file, 'utf8'))));
    return users.length <= 1 ? [] : [`${name}: more than one file uses it: ${users.join(', ')}`];
  });
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
}
