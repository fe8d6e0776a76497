import pino, { type Logger } from 'pino';
import { type Config, ConfigError, readConfig, unknownVariables } from './config.ts';
import { type Millrace, startMillrace } from './server.ts';

/** A shutdown that takes longer is cut short (CONTRACT, "Commands"). */
const SHUTDOWN_LIMIT_MS = 4_500;
const EXIT_FAILURE = 1;

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a server until SIGTERM or SIGINT; ends the process with 1 and one line on stderr when it can't start. */
export async function serve(environment: Environment): Promise<void> {
  try {
    const config = readConfig(environment);
    const logger = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
    warnOfUnknown(environment, logger);
    const millrace = await start(config, logger);
    // Before the line that tells others it runs: they may end it at once.
    endOnSignal(millrace, logger);
    process.stdout.write(`Millrace is running at ${millrace.url}\n`);
  } catch (error) {
    process.stderr.write(`millrace: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_FAILURE);
  }
}

function start(config: Config, logger: Logger): Promise<Millrace> {
  return startMillrace({ config, logger }).catch((error: unknown) => {
    throw explain(error, config);
  });
}

function explain(error: unknown, config: Config): unknown {
  const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isPortTaken) return error;
  return new ConfigError(`MILLRACE_PORT is ${config.port}: something else listens there; 0 picks a free port`);
}

function warnOfUnknown(environment: Environment, logger: Logger): void {
  for (const variable of unknownVariables(environment)) logger.warn({ variable }, 'no setting has this name');
}

/** The first signal ends the server in good order, a second one at once. */
function endOnSignal(millrace: Millrace, logger: Logger): void {
  let isEnding = false;
  const end = async (signal: NodeJS.Signals) => {
    if (isEnding) process.exit(EXIT_FAILURE);
    isEnding = true;
    logger.info({ signal }, 'shutting down');
    const limit = setTimeout(() => {
      logger.error('shutting down took too long');
      process.exit(EXIT_FAILURE);
    }, SHUTDOWN_LIMIT_MS);
    await millrace[Symbol.asyncDispose]();
    clearTimeout(limit);
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
