import { type Command, InvalidArgumentError } from 'commander';
import {
  type ConformanceReport,
  type CriterionResult,
  runConformance,
  SPECS,
  type Spec,
} from '../../conformance/index.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { parseBaseUrl } from '../server-url.ts';

interface ConformanceFlags {
  readonly spec?: readonly Spec[];
  readonly token?: string;
  readonly patience: number;
  readonly json?: true;
}

const COLOURS: Readonly<Record<CriterionResult['status'], number>> = { passed: 32, failed: 31, skipped: 33 };
const WORDS: Readonly<Record<CriterionResult['status'], string>> = { passed: 'pass', failed: 'FAIL', skipped: 'skip' };

/** `millrace conformance`: does a running server keep the specs, seen from outside. */
export function addConformanceCommand(program: Command): void {
  program
    .command('conformance')
    .description('judge a running server by the specs, criterion by criterion; it is written to, so give a scratch one')
    .argument('<url>', 'base URL of the server', parseBaseUrl)
    .option('--spec <numbers>', `which of ${SPECS.join(', ')}, separated by commas (default: all)`, parseSpecs)
    .option('--token <token>', 'for spec 002, and where a token is needed everywhere (default: the local session)')
    .option('--patience <factor>', 'multiply every time limit by this, for slow machines', parsePatience, 1)
    .option('--json', 'print the report as JSON')
    .action(conformanceCommand);
}

async function conformanceCommand(url: string, { spec, token, patience, json }: ConformanceFlags): Promise<void> {
  const report = await runConformance({
    url,
    patience,
    ...(spec ? { specs: spec } : {}),
    ...(token === undefined ? {} : { token }),
    ...(json ? {} : { onResult: (result) => process.stdout.write(lines(result)) }),
  }).catch((error: unknown) => {
    throw error instanceof Error ? new CommandFailure(error.message, { cause: error }) : error;
  });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : summary(report));
  if (!report.ok) process.exitCode = EXIT.failure;
}

function lines({ status, id, words, reason }: CriterionResult): string {
  const word = process.stdout.isTTY ? `\u001b[${COLOURS[status]}m${WORDS[status]}\u001b[0m` : WORDS[status];
  return `${word} ${id}: ${words}\n${reason === undefined ? '' : `     -> ${reason}\n`}`;
}

function summary({ passed, failed, skipped }: ConformanceReport): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}

function parseSpecs(text: string): readonly Spec[] {
  return text.split(',').map((name) => {
    const spec = SPECS.find((known) => known === name.trim());
    if (!spec) throw new InvalidArgumentError(`There is no ${name}; there are ${SPECS.join(', ')}.`);
    return spec;
  });
}

function parsePatience(text: string): number {
  const factor = Number(text);
  if (!(factor > 0 && factor <= 100)) throw new InvalidArgumentError('It must be a number up to 100.');
  return factor;
}
