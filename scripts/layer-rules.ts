import type { IForbiddenRuleType } from 'dependency-cruiser';

const TESTS = '\\.test\\.tsx?$|/testing/|/fixtures/';
const LAYERS = '^src/(protocol|engine|client|react|ui|surfaces|conformance|server|dashboard|cli)/';
const WEB = '^src/(client|react|ui|dashboard|surfaces/[^/]+/web)/';

interface Layer {
  readonly name: string;
  /** The modules of the layer. */
  readonly path: string;
  /** The modules of Millrace that they may import besides their own, as regular expressions. */
  readonly below: readonly string[];
}

/** From the bottom up: protocol ← engine, client ← react ← ui ← surfaces/<one> ← server, dashboard, cli. */
const layers: readonly Layer[] = [
  { name: 'protocol', path: '^src/protocol/', below: [] },
  { name: 'engine', path: '^src/engine/', below: ['^src/protocol/'] },
  { name: 'client', path: '^src/client/', below: ['^src/protocol/'] },
  { name: 'react', path: '^src/react/', below: ['^src/(protocol|client)/'] },
  { name: 'ui', path: '^src/ui/', below: ['^src/(protocol|client|react)/'] },
  {
    name: 'surface-web',
    path: '^src/surfaces/[^/]+/web/',
    below: ['^src/(protocol|client|react|ui)/', '^src/surfaces/[^/]+/(events|search-words)\\.ts$'],
  },
  {
    name: 'surface-server',
    path: '^src/surfaces/[^/]+/(?!web/)',
    below: ['^src/(protocol|engine)/', '^src/surfaces/'],
  },
  {
    name: 'conformance',
    path: '^src/conformance/',
    below: ['^src/(protocol|client)/', '^src/surfaces/[^/]+/events\\.ts$'],
  },
  { name: 'server', path: '^src/server/', below: ['^src/(protocol|engine|client|react|ui|surfaces)/'] },
  {
    name: 'dashboard',
    path: '^src/dashboard/',
    below: ['^src/(protocol|client|react|ui|surfaces/[^/]+/web)/', '^src/surfaces/[^/]+/events\\.ts$'],
  },
  { name: 'cli', path: '^src/cli/', below: ['^src/(protocol|engine|client|surfaces|conformance|server)/'] },
];

/** Adding a layer or a surface must not pass unnoticed: what `LAYERS` does not know fails as `known-layer`. */
export const layerRules: IForbiddenRuleType[] = [
  ...layers.map(
    ({ name, path, below }): IForbiddenRuleType => ({
      name: `layer-${name}`,
      severity: 'error',
      comment: `${name} imports its own folder and the layers below it`,
      from: { path },
      to: { path: '^(src|tests|bench|e2e|scripts)/', pathNot: [path, ...below] },
    }),
  ),
  {
    name: 'known-layer',
    severity: 'error',
    comment: 'every module belongs to a layer',
    from: { path: '^src/', pathNot: LAYERS },
    to: {},
  },
  {
    name: 'surface-alone',
    severity: 'error',
    comment: 'one surface never imports another',
    from: { path: '^src/surfaces/([^/]+)/' },
    to: { path: '^src/surfaces/', pathNot: '^src/surfaces/$1/' },
  },
  {
    name: 'web-without-server',
    severity: 'error',
    comment: 'nothing a browser loads may reach server code, not even through another module',
    from: { path: WEB, pathNot: TESTS },
    to: { path: '^src/(engine|server|cli)/', reachable: true },
  },
  {
    name: 'web-without-runtime',
    severity: 'error',
    comment: 'web code and the protocol import nothing of Bun or Node',
    from: { path: `${WEB}|^src/protocol/`, pathNot: TESTS },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'protocol-zod-only',
    severity: 'error',
    comment: 'of packages, the protocol imports zod only',
    from: { path: '^src/protocol/', pathNot: TESTS },
    to: { pathNot: ['^src/', '(^|node_modules/)zod(/|$)', '^(bun|node):'] },
  },
  {
    name: 'client-without-framework',
    severity: 'error',
    comment: 'the client is framework-free',
    from: { path: '^src/client/', pathNot: TESTS },
    to: { path: '(^|node_modules/)(react|react-dom|@tanstack|hono|pino|prom-client)(/|$)' },
  },
  {
    name: 'sqlite-in-engine',
    severity: 'error',
    comment: 'SQLite is reached through the adapter in the engine',
    from: { path: '^src/', pathNot: ['^src/engine/', TESTS] },
    to: { path: '^bun:sqlite$' },
  },
  {
    name: 'no-circular',
    severity: 'error',
    comment: 'no cycles, types included',
    from: { path: '^src/' },
    to: { circular: true },
  },
  {
    name: 'no-unresolvable',
    severity: 'error',
    comment: 'every import resolves',
    from: {},
    to: { couldNotResolve: true, pathNot: '^bun(:|$)' },
  },
  {
    name: 'no-dev-dependency',
    severity: 'error',
    // What a browser loads is built before it is shipped, with all that it imports; scripts/check-package.ts sees to the rest.
    comment: 'what runs as it is shipped imports no development dependency',
    from: { path: '^src/', pathNot: [TESTS, WEB] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];
