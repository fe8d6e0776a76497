import { once } from 'node:events';
import type { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import { wholeNumber } from '../server-url.ts';
import { type DevModelOptions, startDevModel } from './dev-model.ts';
import { OPS_SCRIPTS, SCRIPTS } from './scripts.ts';

/** `millrace dev-model`: scripted answers in place of a model. */
export function addDevModelCommand(program: Command): void {
  const lines = (scripts: readonly { word: string; about: string }[]) =>
    scripts.map(({ word, about }) => `  ${word.padEnd(12)}${about}`).join('\n');
  program
    .command('dev-model')
    .description(
      'serve scripted answers as an OpenAI-compatible model would, for trying iterations and the chat; no model is asked',
    )
    .option('--port <port>', 'port to listen on; 0 picks a free one', wholeNumber(0), 4_010)
    .option('--delay-ms <ms>', 'time between two pieces of an answer', wholeNumber(0), 20)
    .option('--slow-delay-ms <ms>', 'the same for the script "slow"', wholeNumber(0), 500)
    .addHelpText(
      'after',
      `\nA word in the instructions of an iteration chooses the script:\n${lines(SCRIPTS)}\n\nA question on the operations page is answered with the figures it comes with; a word in it changes how:\n${lines(OPS_SCRIPTS)}`,
    )
    .action(serveDevModel);
}

async function serveDevModel(options: DevModelOptions): Promise<void> {
  const model = await startDevModel(options).catch((cause: unknown) => {
    throw new CommandFailure(`the scripted model can't listen: ${cause instanceof Error ? cause.message : cause}`);
  });
  process.stdout.write(
    `Scripted answers, no model: ${model.url}\nFor the server: MILLRACE_MODEL_BASE_URL=${model.url} MILLRACE_MODEL=scripted\n`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await model[Symbol.asyncDispose]();
}
