import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const START_LIMIT_MS = 60_000;

export interface StartOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default: a scratch folder, removed when the server ends. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything that it wrote until now, its log among it. */
  readonly output: () => string;
  /** Ends the server and settles when its process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts the real server as a process of its own; settles when it says where it listens. It doesn't check its own
 * figures unless `env` says so: the log then holds nothing but what the test writes.
 */
export async function startServer({ port = 0, dataDir, env = {} }: StartOptions = {}): Promise<RunningServer> {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'millrace-e2e-'));
  const child = spawn(join(ROOT, 'node_modules/.bin/bun'), ['src/server/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      MILLRACE_PORT: `${port}`,
      MILLRACE_DATA_DIR: directory,
      MILLRACE_SELF_CHECK_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    await exited;
    if (dataDir === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    const url = await outputMatching(child, /http:\/\/[\w.[\]:-]+?:\d+/);
    return {
      url,
      port: Number(new URL(url).port),
      dataDir: directory,
      pid: child.pid ?? 0,
      output: () => output,
      stop,
      [Symbol.asyncDispose]: () => stop(),
    };
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
}

/** The first match in what a process writes; fails with all of it when the process ends or is too slow. */
export async function outputMatching(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => () => reject(new Error(`${why}; it wrote:\n${output}`));
    const timer = setTimeout(fail(`no ${pattern} within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [found] = pattern.exec(output) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', fail('the process ended'));
    child.once('error', reject);
  });
}
