import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { outputMatching } from '../../e2e/start-server.ts';

export interface DiskFaultOptions {
  /** Process that meets the fault, with all its threads. */
  readonly pid: number;
  /** System calls that fail, separated by commas. */
  readonly calls: string;
  /** What they fail with, for example `EIO`. */
  readonly error: string;
  /** Where each call is recorded. */
  readonly record: string;
}

export interface DiskFault extends AsyncDisposable {
  /** Calls that were made to fail so far. */
  seen(): number;
  /** The kernel works as before when this settles. */
  end(): Promise<void>;
}

/** Makes the kernel answer system calls of a running process with an error, until it is disposed. */
export async function beginDiskFault({ pid, calls, error, record }: DiskFaultOptions): Promise<DiskFault> {
  const args = ['-f', '-p', `${pid}`, '-o', record, '-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'exit');
  await outputMatching(strace, /Process \d+ attached/);
  const end = async () => {
    strace.kill('SIGTERM');
    await ended;
  };
  const seen = () => readFileSync(record, 'utf8').split('(INJECTED)').length - 1;
  return { seen, end, [Symbol.asyncDispose]: end };
}
