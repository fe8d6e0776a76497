import { spawn } from 'node:child_process';
import { rmSync, writeSync } from 'node:fs';
import type { SupervisorReport } from './supervisor-report.ts';

/**
 * A program of its own: `supervisor.ts <folder to remove at the end> <working folder> <program> [argument…]`.
 *
 * It runs the program in a process group of its own and ends the whole group when the program has ended, or when its
 * standard input ends: that is a cancellation, or the server's death, however sudden. Output goes straight through; what
 * becomes of the program is told on descriptor 3.
 */
const REPORTS = 3;
const [scratch = '', cwd = '', program = '', ...args] = process.argv.slice(2);

const child = spawn(program, args, {
  cwd,
  env: process.env,
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (child.pid !== undefined) report({ kind: 'started', pid: child.pid });
child.once('error', (error: NodeJS.ErrnoException) =>
  finish({ kind: 'unstartable', reason: error.code ?? error.message }),
);
child.once('exit', (code, signal) => finish({ kind: 'ended', code, signal }));

process.stdin.on('data', () => {});
process.stdin.once('end', () => finish({ kind: 'stopped' }));
process.stdin.once('error', () => finish({ kind: 'stopped' }));
// A terminal's signals are for the server, which closes the input when it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => finish({ kind: 'stopped' }));

function finish(how: SupervisorReport): void {
  killGroup();
  rmSync(scratch, { recursive: true, force: true });
  report(how);
  process.exit(0);
}

/** Also when the program itself has ended: what it left behind holds its output open. */
function killGroup(): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function report(what: SupervisorReport): void {
  try {
    writeSync(REPORTS, `${JSON.stringify(what)}\n`);
  } catch {
    // The server is gone.
  }
}
