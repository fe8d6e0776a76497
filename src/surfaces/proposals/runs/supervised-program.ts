import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { SupervisorReport } from './supervisor-report.ts';

export interface ProgramOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Ends the program and all that it started. */
  readonly signal: AbortSignal;
  /** Called with what the program writes, one piece after another: the next is read when this has settled. */
  readonly onOutput: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => Promise<void>;
}

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'crashed'; readonly signal: string }
  | { readonly kind: 'unstartable'; readonly reason: string }
  | { readonly kind: 'stopped' };

const SUPERVISOR = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
/** Time for the supervisor to end by itself once it was told to. */
const STOP_LIMIT_MS = 2_000;

/**
 * What Bun would read from the working folder, and what a project could therefore make it run: modules to load first,
 * other places for modules, variables.
 */
export const BUN_WITHOUT_FOLDER = ['--config=/dev/null', '--tsconfig-override=/dev/null', '--no-env-file'] as const;

/** Runs a program under the supervisor, with nothing of this process's environment but its search path. */
export async function runProgram({ command, cwd, signal, onOutput }: ProgramOptions): Promise<ProgramEnd> {
  const scratch = await mkdtemp(join(tmpdir(), 'millrace-run-'));
  try {
    if (signal.aborted) return { kind: 'stopped' };
    const supervisor = spawn(process.execPath, [...BUN_WITHOUT_FOLDER, SUPERVISOR, scratch, cwd, ...command], {
      cwd: scratch,
      env: environment(scratch),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    return await follow(supervisor, { signal, onOutput });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function follow(
  supervisor: ChildProcess,
  { signal, onOutput }: Pick<ProgramOptions, 'signal' | 'onOutput'>,
): Promise<ProgramEnd> {
  const reports: SupervisorReport[] = [];
  const exited = new Promise<void>((resolve) => {
    supervisor.once('exit', () => resolve());
    supervisor.once('error', (error: NodeJS.ErrnoException) => {
      reports.push({ kind: 'unstartable', reason: error.code ?? error.message });
      resolve();
    });
  });
  supervisor.stdin?.on('error', () => {});
  const killAll = () => {
    const started = reports.find((report) => report.kind === 'started');
    for (const pid of [started?.pid, supervisor.pid]) if (pid !== undefined) killGroup(pid);
  };
  let killer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    supervisor.stdin?.end();
    killer ??= setTimeout(killAll, STOP_LIMIT_MS);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  const { stdout, stderr } = supervisor;
  const told = readReports(supervisor.stdio[3] as Readable | null, reports);
  // A supervisor that was ended by somebody else has ended nothing.
  const over = Promise.all([exited, told]).then(() => {
    if (!reports.some(isLast)) killAll();
  });
  const outputs = [
    { stream: stdout, name: 'stdout' },
    { stream: stderr, name: 'stderr' },
  ] as const;
  const reading = outputs.map(({ stream, name }) =>
    stream ? new OutputReading(stream, (chunk) => onOutput(chunk, name)) : undefined,
  );
  try {
    await Promise.all([
      over.then(() => {
        for (const one of reading) one?.expectEnd();
      }),
      ...reading.map((one) => one?.ended),
    ]);
  } finally {
    // Also for output that could not be taken.
    stop();
    await over;
    clearTimeout(killer);
    for (const one of reading) one?.abandon();
    signal.removeEventListener('abort', stop);
  }
  return endOf(reports);
}

/** Reads one output piece by piece, and doesn't wait for ever for a process that has left the group and holds it open. */
class OutputReading {
  readonly ended: Promise<void>;
  readonly #stream: Readable;
  #isBusy = false;
  #isAbandoned = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(stream: Readable, onChunk: (chunk: Uint8Array) => Promise<void>) {
    this.#stream = stream;
    this.ended = this.#read(onChunk).finally(() => clearInterval(this.#timer));
  }

  /** The program is gone: what it wrote is in the pipe. */
  expectEnd(): void {
    this.#timer ??= setInterval(() => {
      if (!this.#isBusy) this.abandon();
    }, STOP_LIMIT_MS);
  }

  abandon(): void {
    this.#isAbandoned = true;
    clearInterval(this.#timer);
    this.#stream.destroy();
  }

  async #read(onChunk: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of this.#stream) {
        this.#isBusy = true;
        await onChunk(chunk as Uint8Array);
        this.#isBusy = false;
      }
    } catch (error) {
      if (!this.#isAbandoned) throw error;
    }
  }
}

function endOf(reports: readonly SupervisorReport[]): ProgramEnd {
  const last = reports.find(isLast);
  if (last === undefined) return { kind: 'crashed', signal: 'SIGKILL' };
  if (last.kind !== 'ended') return last;
  return last.code === null
    ? { kind: 'crashed', signal: last.signal ?? 'unknown' }
    : { kind: 'ended', code: last.code };
}

function isLast(report: SupervisorReport): report is Exclude<SupervisorReport, { kind: 'started' }> {
  return report.kind !== 'started';
}

async function readReports(stream: Readable | null, reports: SupervisorReport[]): Promise<void> {
  if (!stream) return;
  let text = '';
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString('utf8');
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) reports.push(JSON.parse(line) as SupervisorReport);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function environment(scratch: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: scratch,
    TMPDIR: scratch,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    CI: '1',
    OPENSPEC_TELEMETRY: '0',
    DO_NOT_TRACK: '1',
    // For a Bun that is inside a program built with it.
    BUN_BE_BUN: '1',
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
  };
}
