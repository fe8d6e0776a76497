import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runStep, type StepResult } from '../scripts/step.ts';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');

const trees: string[] = [];

/** A copy of the sources and of the rules' configuration, with the planted files added. */
function copyOfRepository(planted: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'millrace-rules-'));
  trees.push(tree);
  cpSync(join(ROOT, 'src'), join(tree, 'src'), { recursive: true });
  for (const name of readdirSync(ROOT)) {
    if (/^(tsconfig.*|biome|knip|package)\.json$|^vitest\.config\.ts$|^\.gitignore$/.test(name))
      cpSync(join(ROOT, name), join(tree, name));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return tree;
}

function run(tree: string, ...command: string[]): Promise<StepResult> {
  return runStep({ name: 'rule', command, cwd: tree });
}

const checkLayers = (tree: string) => run(tree, join(BIN, 'bun'), join(ROOT, 'scripts/check-layers.ts'));
const checkTypes = (tree: string, program: string) =>
  run(tree, join(BIN, 'tsc'), '--pretty', 'false', '-p', `tsconfig.${program}.json`);
const lint = (tree: string, ...paths: string[]) => run(tree, join(BIN, 'biome'), 'lint', ...paths);

const importing = (specifier: string) => `import * as planted from '${specifier}';\nexport const used = planted;\n`;
const importingType = (specifier: string) =>
  `import type * as planted from '${specifier}';\nexport type Used = typeof planted;\n`;
const target = "export const planted = 'planted';\n";

afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

/** Planted file → what it holds and the rule that must name it. */
const layerViolations: Readonly<Record<string, { readonly text: string; readonly rule: string }>> = {
  'src/protocol/planted-up.ts': { text: importing('../engine/clock.ts'), rule: 'layer-protocol' },
  'src/protocol/planted-package.ts': { text: importing('hono'), rule: 'protocol-zod-only' },
  'src/protocol/planted-node.ts': { text: importing('node:fs'), rule: 'web-without-runtime' },
  'src/engine/planted-surface.ts': { text: importing('../surfaces/planted-a/store.ts'), rule: 'layer-engine' },
  'src/engine/planted-client.ts': { text: importing('../client/planted-target.ts'), rule: 'layer-engine' },
  'src/engine/planted-server.ts': { text: importing('../server/planted-target.ts'), rule: 'layer-engine' },
  'src/engine/planted-ws.ts': { text: importing('ws'), rule: 'no-dev-dependency' },
  'src/engine/planted-dev.ts': { text: importing('socket.io'), rule: 'no-dev-dependency' },
  'src/client/planted-engine.ts': { text: importing('../engine/clock.ts'), rule: 'layer-client' },
  'src/client/planted-engine-type.ts': { text: importingType('../engine/clock.ts'), rule: 'layer-client' },
  'src/client/planted-server.ts': { text: importing('../server/planted-target.ts'), rule: 'layer-client' },
  'src/client/planted-react.ts': { text: importing('react'), rule: 'client-without-framework' },
  'src/client/planted-bun.ts': { text: importing('bun:sqlite'), rule: 'web-without-runtime' },
  'src/react/planted-ui.tsx': { text: importing('../ui/planted-target.ts'), rule: 'layer-react' },
  'src/ui/planted-surface.ts': { text: importing('../surfaces/planted-a/web/page.tsx'), rule: 'layer-ui' },
  'src/surfaces/planted-a/planted-sideways.ts': { text: importing('../planted-b/store.ts'), rule: 'surface-alone' },
  'src/surfaces/planted-a/planted-up.ts': {
    text: importing('../../server/planted-target.ts'),
    rule: 'layer-surface-server',
  },
  'src/surfaces/planted-a/web/planted-engine.ts': {
    text: importing('../../../engine/clock.ts'),
    rule: 'layer-surface-web',
  },
  'src/surfaces/planted-a/web/planted-store.ts': { text: importing('../store.ts'), rule: 'layer-surface-web' },
  'src/surfaces/planted-a/web/planted-sideways.ts': {
    text: importing('../../planted-b/web/page.tsx'),
    rule: 'surface-alone',
  },
  'src/server/planted-dashboard.ts': { text: importing('../dashboard/planted-target.ts'), rule: 'layer-server' },
  'src/dashboard/planted-server.ts': { text: importing('../server/planted-target.ts'), rule: 'layer-dashboard' },
  'src/dashboard/planted-detour.ts': {
    text: importing('../surfaces/planted-a/web/page.tsx'),
    rule: 'web-without-server',
  },
  'src/cli/planted-dashboard.ts': { text: importing('../dashboard/planted-target.ts'), rule: 'layer-cli' },
  'src/cli/planted-tests.ts': { text: importing('../../tests/planted-target.ts'), rule: 'layer-cli' },
  'src/server/planted-sqlite.ts': { text: importing('bun:sqlite'), rule: 'sqlite-in-engine' },
  'src/planted/planted-nowhere.ts': { text: importing('../engine/clock.ts'), rule: 'known-layer' },
  'src/engine/planted-cycle-a.ts': { text: importing('./planted-cycle-b.ts'), rule: 'no-circular' },
  'src/engine/planted-missing.ts': { text: importing('./planted-absent.ts'), rule: 'no-unresolvable' },
};

/** Files that the violations import, and which break no rule themselves unless listed above. */
const layerTargets = {
  'src/client/planted-target.ts': target,
  'src/ui/planted-target.ts': target,
  'src/server/planted-target.ts': target,
  'src/dashboard/planted-target.ts': target,
  'src/surfaces/planted-a/store.ts': importing('../../engine/clock.ts'),
  'src/surfaces/planted-a/web/page.tsx': importing('../store.ts'),
  'src/surfaces/planted-b/store.ts': target,
  'src/surfaces/planted-b/web/page.tsx': target,
  'src/engine/planted-cycle-b.ts': importing('./planted-cycle-a.ts'),
  'src/engine/planted-serve-a.ts': 'export const server = () => Bun.serve({ fetch: () => new Response() });\n',
  'src/engine/planted-serve-b.ts': 'export const server = () => Bun.serve({ fetch: () => new Response() });\n',
  'tests/planted-target.ts': target,
};

describe('the layer rule', () => {
  let planted: StepResult;
  beforeAll(async () => {
    const violations = Object.entries(layerViolations).map(([path, { text }]) => [path, text]);
    planted = await checkLayers(copyOfRepository({ ...layerTargets, ...Object.fromEntries(violations) }));
  });

  test('fails a tree with violations', () => {
    expect(planted.ok).toBe(false);
  });

  test.each(Object.entries(layerViolations))('catches %s', (path, { rule }) => {
    expect(planted.output.split('\n').map((line) => line.split(' → ')[0])).toContain(`${rule}: ${path}`);
  });

  test.each(['one-sqlite-adapter', 'one-http-adapter'])('catches a second user: %s', (rule) => {
    expect(planted.output).toContain(`${rule}: more than one file uses it: `);
  });

  test('fails when it sees no module at all', async () => {
    const tree = mkdtempSync(join(tmpdir(), 'millrace-rules-'));
    trees.push(tree);
    const result = await checkLayers(tree);
    expect(result).toMatchObject({ ok: false, output: expect.stringContaining('no-modules') });
  });
});

const typeViolations = [
  {
    program: 'pure',
    path: 'src/protocol/planted-process.ts',
    text: 'export const planted = process;\n',
    name: 'process',
  },
  { program: 'pure', path: 'src/protocol/planted-timer.ts', text: 'setTimeout(() => {}, 1);\n', name: 'setTimeout' },
  { program: 'pure', path: 'src/protocol/planted-window.ts', text: 'export const planted = window;\n', name: 'window' },
  {
    program: 'pure',
    path: 'src/surfaces/planted/events.ts',
    text: 'export const planted = process;\n',
    name: 'process',
  },
  {
    program: 'pure',
    path: 'src/surfaces/planted/search-words.ts',
    text: 'export const planted = process;\n',
    name: 'process',
  },
  { program: 'server', path: 'src/engine/planted-window.ts', text: 'export const planted = window;\n', name: 'window' },
  { program: 'server', path: 'src/cli/planted-dom.ts', text: 'export const planted = document;\n', name: 'document' },
  { program: 'web', path: 'src/client/planted-process.ts', text: 'export const planted = process;\n', name: 'process' },
  { program: 'web', path: 'src/dashboard/planted-bun.tsx', text: 'export const planted = Bun;\n', name: 'Bun' },
  {
    program: 'web',
    path: 'src/surfaces/planted/web/planted-buffer.ts',
    text: 'export const planted = Buffer;\n',
    name: 'Buffer',
  },
] as const;

describe('the type-check split', () => {
  const results = new Map<string, StepResult>();
  beforeAll(async () => {
    const tree = copyOfRepository(Object.fromEntries(typeViolations.map(({ path, text }) => [path, text])));
    for (const program of ['pure', 'web', 'server']) results.set(program, await checkTypes(tree, program));
  });

  test.each(typeViolations)('$name does not compile in $path', ({ program, path, name }) => {
    const lines = results.get(program)?.output.split('\n') ?? [];
    expect(results.get(program)?.ok).toBe(false);
    expect(lines.find((line) => line.startsWith(`${path}(`))).toContain(`Cannot find name '${name}'`);
  });
});

describe('the file-length rule', () => {
  const lines = (count: number) => "console.log('line');\n".repeat(count);

  test.each([
    { path: 'src/engine/planted.ts', length: 401, ok: false },
    { path: 'src/engine/planted.ts', length: 400, ok: true },
    { path: 'src/engine/planted.test.ts', length: 601, ok: false },
    { path: 'src/engine/planted.test.ts', length: 600, ok: true },
    { path: 'tests/planted.test.ts', length: 601, ok: false },
    { path: 'src/dashboard/planted.tsx', length: 401, ok: false },
  ])('$path with $length lines: ok is $ok', async ({ path, length, ok }) => {
    const result = await lint(copyOfRepository({ [path]: lines(length) }), path);
    expect(result.ok).toBe(ok);
    expect(result.output.includes('noExcessiveLinesPerFile')).toBe(!ok);
  });
});

describe('the unused-code rule', () => {
  test('names a file that nothing imports and an export that nobody uses', async () => {
    const tree = copyOfRepository({
      'src/engine/planted-file.ts': target,
      'src/engine/planted-exports.ts': "export const used = 'used';\nexport const unused = 'unused';\n",
      'tests/planted.test.ts': "import { used } from '../src/engine/planted-exports.ts';\nconsole.log(used);\n",
    });
    const { ok, output } = await run(tree, join(BIN, 'knip'), '--no-progress', '--reporter', 'compact');
    expect(ok).toBe(false);
    expect(output).toMatch(/^src\/engine\/planted-file\.ts: /m);
    expect(output).toMatch(/^src\/engine\/planted-exports\.ts: unused$/m);
  });
});

describe('the style rules', () => {
  test.each([
    { rule: 'noExplicitAny', text: 'export const planted = (value: any) => value;\n' },
    { rule: 'noNonNullAssertion', text: 'export const planted = (value?: string) => value!.length;\n' },
    { rule: 'noEnum', text: 'export enum Planted {\n  one,\n}\n' },
    { rule: 'useImportExtensions', text: "export { systemClock } from './clock';\n" },
    { rule: 'noFloatingPromises', text: "const planted = async () => 'later';\nplanted();\n" },
    { rule: 'noDefaultExport', text: 'export default 1;\n' },
  ])('$rule fails', async ({ rule, text }) => {
    const result = await lint(copyOfRepository({ 'src/engine/planted.ts': text }), 'src/engine/planted.ts');
    expect(result).toMatchObject({ ok: false, output: expect.stringContaining(rule) });
  });
});
