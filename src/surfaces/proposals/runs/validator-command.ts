import { fileURLToPath } from 'node:url';
import { BUN_WITHOUT_FOLDER } from './supervised-program.ts';

/** Stands for the change's name. */
const ID = '{id}';
/** Stands for `--json` in the run that is read by Millrace, and for nothing in the one that is shown. */
const JSON_FLAG = '{json}';

/** `MILLRACE_VALIDATOR`: a program and its arguments. */
export type ValidatorCommand = readonly string[];

/** The bundled OpenSpec CLI, run by this Bun. */
export function bundledValidator(): ValidatorCommand {
  const cli = fileURLToPath(new URL('../bin/openspec.js', import.meta.resolve('@fission-ai/openspec')));
  const validate = ['validate', '--strict', '--no-interactive', JSON_FLAG, '--', ID];
  return [process.execPath, ...BUN_WITHOUT_FOLDER, cli, ...validate];
}

/** Whether it can also be asked for a result that Millrace reads. */
export function hasJson(command: ValidatorCommand): boolean {
  return command.includes(JSON_FLAG);
}

/** The command for one change. Ids begin with a letter or digit, so none is taken for an option. */
export function commandFor(command: ValidatorCommand, change: string, output: 'text' | 'json'): readonly string[] {
  return command.flatMap((argument, index) => {
    if (argument === JSON_FLAG) return output === 'json' ? ['--json'] : [];
    return [index === 0 ? argument : argument.replaceAll(ID, () => change)];
  });
}
