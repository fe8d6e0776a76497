import type { Command } from 'commander';
import { serve } from '../server/serve.ts';
import { SETTINGS } from '../server/settings.ts';

/** A setting that is only ever switched on. */
const SWITCHES: ReadonlySet<string> = new Set([SETTINGS.trustedNetwork.variable]);

/** `millrace serve`: every variable of the configuration is also a flag, and the flag wins. */
export function addServeCommand(program: Command): void {
  const command = program.command('serve').description('run the server until SIGTERM or SIGINT');
  for (const { variable, about } of Object.values(SETTINGS)) {
    const value = SWITCHES.has(variable) ? '' : ' <value>';
    command.option(`${flagOf(variable)}${value}`, `${about} [${variable}]`);
  }
  command.action(async (flags: Readonly<Record<string, string | true>>) => {
    await serve({ ...process.env, ...variablesOf(flags) });
  });
}

function variablesOf(flags: Readonly<Record<string, string | true>>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { variable } of Object.values(SETTINGS)) {
    const value = flags[attributeOf(variable)];
    if (value !== undefined) variables[variable] = value === true ? '1' : value;
  }
  return variables;
}

function wordsOf(variable: string): string[] {
  return variable
    .replace(/^MILLRACE_/, '')
    .toLowerCase()
    .split('_');
}

function flagOf(variable: string): string {
  return `--${wordsOf(variable).join('-')}`;
}

/** The name under which commander keeps the flag's value. */
function attributeOf(variable: string): string {
  return wordsOf(variable)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
