import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { outputMatching } from '../../e2e/start-server.ts';
import { serverEnvironment } from './server-environment.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface ServerProcessOptions {
  readonly dataDir: string;
  /** Folder of the sources that are run. Default: this repository. */
  readonly root?: string;
  /** A program and its arguments that the server is started by; the process must become the server's. */
  readonly under?: readonly string[];
  /** Variables beside those that every test sets. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Of the server itself. */
  readonly pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the real server, on a free port, in a way that a test of the disk needs; settles when it listens. */
export async function startServerProcess({
  dataDir,
  root = ROOT,
  under = [],
  env = {},
}: ServerProcessOptions): Promise<ServerProcess> {
  const [program = '', ...args] = [...under, join(ROOT, 'node_modules/.bin/bun'), 'src/server/main.ts'];
  const child: ChildProcess = spawn(program, args, {
    cwd: root,
    env: {
      ...serverEnvironment(),
      MILLRACE_PORT: '0',
      MILLRACE_DATA_DIR: dataDir,
      MILLRACE_SELF_CHECK_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    await exited;
  };
  try {
    const url = await outputMatching(child, /http:\/\/[\w.:]+?:\d+/);
    return { url, pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: () => stop('SIGKILL') };
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
}
