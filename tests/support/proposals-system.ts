import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type RunningServer, startServer } from '../../e2e/start-server.ts';
import type { Role } from '../../src/engine/auth/principal.ts';
import { signToken } from '../../src/engine/auth/sign-token.ts';
import { openEventSource } from './event-source.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const HOUR_MS = 60 * 60 * 1_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
  readonly body: any;
}

export interface Frame {
  readonly type: string;
  readonly cursor: string;
  readonly [member: string]: unknown;
}

/** What a token says of its user: author of all projects for an hour, unless it is said otherwise. */
export interface Claims {
  readonly roles?: readonly Role[];
  readonly projects?: readonly string[] | '*';
  readonly ttlMs?: number;
}

export type Person = Awaited<ReturnType<ProposalsSystem['person']>>;
export type ProposalsSystem = Awaited<ReturnType<typeof proposalsSystem>>;

/** The real server as a process of its own, with a folder of projects: alpha and beta, each with the change add-login. */
export async function proposalsSystem(options: { readonly env?: Readonly<Record<string, string>> } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-projects-')));
  const root = join(folder, 'root');
  const dataDir = join(folder, 'data');
  mkdirSync(root);
  for (const project of ['alpha', 'beta']) plantChange(root, project, 'add-login');
  const env = { MILLRACE_PROJECTS_ROOT: root, MILLRACE_JWT_SECRET: SECRET, ...options.env };
  let server: RunningServer = await startServer({ dataDir, env });
  const token = (sub: string, { roles = ['author'], projects = '*', ttlMs = HOUR_MS }: Claims = {}) =>
    signToken(Buffer.from(SECRET), { sub, roles, projects, ttlMs, now: Date.now() });
  return {
    root,
    folder,
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
    /** Everything that the server wrote until now. */
    output: () => server.output(),
    token,
    /** Ends the server and starts another on the same data. */
    async restart(signal: NodeJS.Signals = 'SIGKILL', between: () => void = () => {}) {
      await server.stop(signal);
      between();
      server = await startServer({ dataDir, env });
    },
    /** Somebody with a token, `author` of all projects unless it is said otherwise. */
    async person(sub: string, roles: readonly Role[] = ['author'], projects: readonly string[] | '*' = '*') {
      return personWith(() => server.url, await token(sub, { roles, projects }));
    },
    /** Somebody who shows this, whatever it is. */
    holder: (shown: string) => personWith(() => server.url, shown),
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A change as somebody makes it by hand. */
export function plantChange(root: string, project: string, change: string): void {
  const files = {
    'proposal.md': `# Add login to ${project}\n\n## Why\n\nPeople want in.\n\n## What Changes\n\n- A form.\n`,
    'tasks.md': '- [x] 1.1 Form\n- [ ] 1.2 Session\n',
    [`specs/${change}/spec.md`]: '## ADDED Requirements\n',
  };
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, project, 'openspec/changes', change, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function personWith(url: () => string, token: string) {
  const authorization = `Bearer ${token}`;
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const isText = typeof body === 'string';
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/plain' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text } as Answer;
  };
  return {
    token,
    call,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body: unknown = {}) => call('POST', path, body),
    /** A WebSocket as specs/002 has it: one frame per event. */
    watch: (path: string, cursor?: string) => openWatch(url(), path, { token, cursor }),
    /** Server-sent events; `lastEventId` is where to go on. */
    listen: (path: string, lastEventId?: string) =>
      openEventSource(`${url()}${path}`, {
        authorization,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      }),
    /** What the feed has after a cursor, as one page. */
    async poll(path: string, cursor: string): Promise<readonly Frame[]> {
      const page = await call('GET', `${path}?cursor=${cursor}`, undefined, { accept: 'application/json' });
      expect(page.status).toBe(200);
      return page.body.events;
    },
  };
}

async function openWatch(
  url: string,
  path: string,
  { token, cursor }: { readonly token: string; readonly cursor: string | undefined },
) {
  const address = new URL(`${url.replace('http:', 'ws:')}${path}`);
  if (cursor !== undefined) address.searchParams.set('cursor', cursor);
  const socket = new WebSocket(address, ['bearer', token]);
  const frames: Frame[] = [];
  socket.onmessage = ({ data }) => frames.push(JSON.parse(String(data)));
  const closed = new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve;
  });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    socket,
    frames,
    closed,
    /** The first frame that is as asked, also one that has come already. */
    async next(members: Readonly<Record<string, unknown>>): Promise<Frame> {
      const isIt = (frame: Frame) => Object.entries(members).every(([name, value]) => frame[name] === value);
      await expect.poll(() => frames.some(isIt), { interval: 10, message: JSON.stringify(members) }).toBe(true);
      const found = frames.find(isIt);
      if (!found) throw new Error('it was there just now');
      return found;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
