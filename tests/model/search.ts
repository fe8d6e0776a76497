import fc, { type AsyncCommand } from 'fast-check';
import { parseCursor } from '../../src/protocol/cursor.ts';
import { TRANSPORTS } from '../support/raw-feed.ts';
import { testSeed } from '../support/seeded-random.ts';
import { anyCommands, tour } from './commands.ts';
import { LogModel } from './log-model.ts';
import { publishEvents } from './publish-commands.ts';
import { type Tally, World } from './world.ts';

/** Commands that fail are made fewer for as long as this. */
const SHRINK_MS = 60_000;

export interface SearchOptions {
  /** Servers that begin with an empty log; each is given commands of its own. */
  readonly runs: number;
  /** Whether the first of them is given one command of every kind. Default true. */
  readonly hasTour?: boolean;
  /** Whether commands that fail are made fewer. Default true. */
  readonly isShrunk?: boolean;
  /** Folder of the sources that are run. Default: this repository. */
  readonly root?: string;
}

/** Looks for commands after which the server differs from the model, and makes them fewer. */
export async function search({ runs, hasTour = true, isShrunk = true, root }: SearchOptions) {
  const seed = testSeed();
  const tally: Tally = new Map();
  let shrinkUntil = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(anyCommands, async (commands) => {
    if (performance.now() > shrinkUntil) return;
    try {
      await live(commands, { root, tally });
    } catch (error) {
      shrinkUntil = Math.min(shrinkUntil, performance.now() + SHRINK_MS);
      throw error;
    }
  });
  const examples: [ReturnType<typeof tour>][] = hasTour ? [[tour()]] : [];
  const result = await fc.check(property, { seed, numRuns: runs, endOnFailure: !isShrunk, examples });
  const report = await fc.asyncDefaultReportMessage(result);
  return { seed, tally, runs: result.numRuns, failure: report && `${report}\n${inWords(result.errorInstance)}` };
}

/** With both sides of a comparison in full: the message of an assertion cuts them short. */
function inWords(error: unknown): string {
  const isComparison = error instanceof Error && 'actual' in error && 'expected' in error;
  return isComparison ? `${error}\n${JSON.stringify({ is: error.actual, mustBe: error.expected })}` : `${error}`;
}

/** One server from its first start on. */
async function live(
  commands: Iterable<AsyncCommand<LogModel, World, boolean>>,
  options: ConstructorParameters<typeof World>[0],
): Promise<void> {
  await using world = new World(options);
  await world.start();
  const model = new LogModel(parseCursor(await world.earliest())?.epoch ?? '');
  await fc.asyncModelRun(() => ({ model, real: world }), commands);
  // At last everybody comes back, and is shown one more event and nothing that was left over.
  for (const [id, { connection, feed }] of model.followers) {
    if (!connection && model.canOpen(feed)) await world.connect(model, id, TRANSPORTS[id % TRANSPORTS.length] ?? 'sse');
  }
  await world.settle(model);
  await publishEvents({ keyed: undefined, size: undefined }).run(model, world);
  await world.readAll(model);
}
