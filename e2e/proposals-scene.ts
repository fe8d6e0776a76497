import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import type { Role } from '../src/engine/auth/principal.ts';
import { signToken } from '../src/engine/auth/sign-token.ts';
import { outputMatching, type RunningServer, startServer } from './start-server.ts';

const ROOT = join(import.meta.dirname, '..');
const SECRET = 'a secret of at least thirty-two bytes';
const HOUR_MS = 3_600_000;

export interface Person {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Default all. */
  readonly projects?: readonly string[];
}

export const ANN: Person = { name: 'ann', roles: ['author'] };
export const RAY: Person = { name: 'ray', roles: ['reviewer'] };
export const VIC: Person = { name: 'vic', roles: ['viewer'] };
export const ADA: Person = { name: 'ada', roles: ['admin'] };

export interface SceneOptions {
  /** Starts `millrace dev-model` beside the server. Default false. */
  readonly hasModel?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real server with a folder of projects, and as many people as are asked for, each in a browser context. */
export async function startScene(browser: Browser, { hasModel = false, env = {} }: SceneOptions = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-projects-')));
  // Node 22 has no stack of disposables.
  const endings: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const model = hasModel ? await startDevModel() : undefined;
  if (model) endings.push(model.stop);
  const server: RunningServer = await startServer({
    env: {
      MILLRACE_PROJECTS_ROOT: folder,
      MILLRACE_JWT_SECRET: SECRET,
      ...(model ? { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted' } : {}),
      ...env,
    },
  });
  endings.push(() => server.stop());
  return {
    server,
    url: server.url,
    /** Writes a file as an editor on disk does. */
    write(path: string, content: string): void {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    /** Somebody at a browser of their own, signed in. */
    async person(person: Person, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const context = await browser.newContext(options);
      endings.push(() => context.close());
      await signIn(context, server.url, person);
      return context.newPage();
    },
    async [Symbol.asyncDispose]() {
      for (const end of endings.reverse()) await end();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;

export async function tokenOf({ name, roles, projects = ['*'] }: Person): Promise<string> {
  const own = projects.includes('*') ? '*' : projects;
  return signToken(Buffer.from(SECRET), { sub: name, roles, projects: own, ttlMs: HOUR_MS, now: Date.now() });
}

/** Calls the API as somebody, beside any browser. */
export async function call(url: string, person: Person, [method, path, body]: readonly [string, string, unknown?]) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await tokenOf(person)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** A browser that the server takes for one on another machine: nobody is signed in there without a token. */
export async function asFromElsewhere(context: BrowserContext): Promise<void> {
  await context.route('**/auth/session', (route) => {
    const request = route.request();
    const isWithoutToken = request.method() === 'POST' && request.postData() === null;
    if (!isWithoutToken) return route.continue();
    const error = { code: 'unauthorized', message: 'sign in with a token', traceId: 'none' };
    return route.fulfill({ status: 401, json: { error } });
  });
}

async function signIn(context: BrowserContext, url: string, person: Person): Promise<void> {
  const answer = await context.request.post(`${url}/auth/session`, { data: { token: await tokenOf(person) } });
  expect(answer.status()).toBe(201);
}

async function startDevModel() {
  const bun = join(ROOT, 'node_modules/.bin/bun');
  const args = ['src/cli/main.ts', 'dev-model', '--port', '0', '--delay-ms', '5', '--slow-delay-ms', '1000'];
  const child: ChildProcess = spawn(bun, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await exited;
  };
  try {
    return { url: await outputMatching(child, /http:\/\/[\w.:-]+\/v1/), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PROPOSAL = (title: string) => `# ${title}

## Why

People ask for it every week, and there is no other way to do it than by hand, which takes them hours.

## What Changes

- A form with a **name** and a password
- A [session](https://example.org/sessions) that ends after a day
`;

const TASKS = '## 1. Work\n\n- [x] 1.1 The form\n- [ ] 1.2 The session\n- [ ] 1.3 Its end\n';

const SPEC = `## ADDED Requirements

### Requirement: Sign in

The system SHALL let people sign in by name and password.

#### Scenario: Right password

- **WHEN** somebody gives the right password
- **THEN** they are signed in
`;

/** A change that passes the validation. */
export function plantValid(scene: Pick<Scene, 'write'>, project: string, change: string, title: string): void {
  const folder = `${project}/openspec/changes/${change}`;
  scene.write(`${folder}/proposal.md`, PROPOSAL(title));
  scene.write(`${folder}/tasks.md`, TASKS);
  scene.write(`${folder}/specs/sign-in/spec.md`, SPEC);
}

/** A change whose only requirement has no scenario. */
export function plantInvalid(scene: Pick<Scene, 'write'>, project: string, change: string, title: string): void {
  plantValid(scene, project, change, title);
  const spec = '## ADDED Requirements\n\n### Requirement: Sign out\n\nThe system SHALL let people sign out.\n';
  scene.write(`${project}/openspec/changes/${change}/specs/sign-in/spec.md`, spec);
}
