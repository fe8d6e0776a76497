import type { Command } from 'commander';
import { ConfigError, readConfig } from '../../server/config.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import type { CheckResult, Verdict } from './check.ts';
import { checkDatabase } from './database-check.ts';
import { checkDataFolder, checkFsync, checkSpace } from './disk-checks.ts';
import { checkPort } from './port-check.ts';
import { checkRuntime, checkSqlite } from './runtime-checks.ts';

interface DoctorFlags {
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: string;
  readonly json?: true;
}

const COLOURS: Readonly<Record<Verdict, number>> = { ok: 32, warn: 33, fail: 31 };

/** `millrace doctor`: is this machine fit to run the server, and what to do if it isn't. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check whether this machine can run the server; exit code 1 when something fails')
    .option('--data-dir <folder>', 'folder that holds millrace.db [MILLRACE_DATA_DIR]')
    .option('--host <address>', 'address to listen on [MILLRACE_HOST]')
    .option('--port <port>', 'port to listen on [MILLRACE_PORT]')
    .option('--json', 'print the results as JSON')
    .action(doctorCommand);
}

async function doctorCommand(flags: DoctorFlags): Promise<void> {
  const { dataDir, host, port } = configOf(flags);
  const results = [
    checkRuntime(),
    checkSqlite(),
    await checkDataFolder(dataDir),
    await checkSpace(dataDir),
    await checkFsync(dataDir),
    checkDatabase(dataDir),
    await checkPort(host, port),
  ];
  const isFit = results.every(({ verdict }) => verdict !== 'fail');
  process.stdout.write(flags.json ? `${JSON.stringify({ ok: isFit, checks: results })}\n` : results.map(line).join(''));
  if (!isFit) process.exitCode = EXIT.failure;
}

function configOf({ dataDir, host, port }: DoctorFlags) {
  try {
    return readConfig({
      ...process.env,
      ...(dataDir === undefined ? {} : { MILLRACE_DATA_DIR: dataDir }),
      ...(host === undefined ? {} : { MILLRACE_HOST: host }),
      ...(port === undefined ? {} : { MILLRACE_PORT: port }),
    });
  } catch (error) {
    throw error instanceof ConfigError ? new CommandFailure(error.message) : error;
  }
}

function line({ name, verdict, found, advice }: CheckResult): string {
  const word = verdict.padEnd(4);
  const shown = process.stdout.isTTY ? `\u001b[${COLOURS[verdict]}m${word}\u001b[0m` : word;
  const todo = advice === undefined ? '' : `${' '.repeat(5)}${' '.repeat(13)}-> ${advice}\n`;
  return `${shown} ${name.padEnd(12)} ${found}\n${todo}`;
}
