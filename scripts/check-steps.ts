import type { Step } from './step.ts';

const TYPE_PROGRAMS = ['pure', 'web', 'server', 'web-tests'] as const;

/** Looks at the sources without running them. The length of files is one of the lint rules. */
export const staticSteps: readonly Step[] = [
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  ...TYPE_PROGRAMS.map((program) => ({
    name: `types ${program}`,
    command: ['tsc', '--pretty', 'false', '-p', `tsconfig.${program}.json`],
  })),
  { name: 'layers', command: ['bun', 'scripts/check-layers.ts'] },
  // Under Node: Bun counts `ws` among its built-in modules, so that the package would look unused.
  { name: 'unused', command: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'package', command: ['bun', 'scripts/check-package.ts'], isVerbose: true },
];

/** What `npm run check` runs. `npm run check -- types` runs those whose name starts with the word. */
export const checkSteps: readonly Step[] = [
  ...staticSteps,
  { name: 'unit tests', command: ['bun', '--bun', 'vitest', 'run', '--project', 'unit', '--project', 'web'] },
];
