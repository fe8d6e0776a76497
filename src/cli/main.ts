import { CommanderError } from 'commander';
import { CommandFailure, EXIT } from './failure.ts';
import { createProgram } from './program.ts';

// `tail | head` closes the pipe: that is an end, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failure);
});

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    // Commander has written its message already; it also ends `--help` and `--version` this way.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailure)) throw error;
    process.stderr.write(`millrace: ${error.message}\n`);
    return EXIT.failure;
  }
}
