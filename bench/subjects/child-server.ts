import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 6_000;
/** Kept of what a server writes, for the message when it fails. */
const MAX_OUTPUT = 4_000;

export interface ChildServer extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

export interface ChildServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
// However this process ends, it leaves none behind.
process.on('exit', killChildServers);

/** Starts a server as a process of its own; settles when it has printed the URL it listens on. */
export async function startChildServer({ command, args, env = {} }: ChildServerOptions): Promise<ChildServer> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  const ended = once(child, 'exit').then(() => {
    running.delete(child);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  };
  try {
    const port = Number(await printed(child, /http:\/\/[\w.]+:(\d+)/));
    return { pid: child.pid ?? 0, port, [Symbol.asyncDispose]: stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${child.spawnargs.join(' ')}: ${why}\n${output}`));
    const timer = setTimeout(() => fail(`no ${pattern} within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-MAX_OUTPUT);
      const found = pattern.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => {
      clearTimeout(timer);
      fail('it ended');
    });
  });
}

/** Ends every server at once; whoever waits for one of them is told by its connections. */
export function killChildServers(): void {
  for (const child of running) child.kill('SIGKILL');
}
