import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { loadAverage, type Run, runScenario, SCENARIO_LIMIT_MS } from './run-scenario.ts';
import { meetsTarget, type Scenario } from './scenario.ts';
import { disk } from './scenarios/disk.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { idleClients } from './scenarios/idle-clients.ts';
import { latencyPeers } from './scenarios/latency-peers.ts';
import { latencySse } from './scenarios/latency-sse.ts';
import { latencyWebSocket } from './scenarios/latency-websocket.ts';
import { messageReads } from './scenarios/message-reads.ts';
import { ndjsonBatches } from './scenarios/ndjson-batches.ts';
import { singlePosts } from './scenarios/single-posts.ts';
import { machineLines, runLines } from './table.ts';

const SCENARIOS: readonly Scenario[] = [
  disk,
  latencyWebSocket,
  latencySse,
  singlePosts,
  ndjsonBatches,
  messageReads,
  idleClients,
  latencyPeers,
  fanOut,
];
/** On a busy machine too the run ends within four minutes: what could not be done by then is not begun. */
const LIMIT_MS = 235_000;
const LAST_START_MS = LIMIT_MS - SCENARIO_LIMIT_MS - 5_000;
const NAMES = SCENARIOS.map(({ name }) => name).join(', ');
const HELP = `usage: npm run bench -- [--json] [--only=<name>[,<name>]]
  Measures and prints; a missed target is no failure. Scenarios: ${NAMES}
  --json   one JSON document instead of tables`;

interface Options {
  readonly isJson: boolean;
  readonly scenarios: readonly Scenario[];
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: { json: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const wanted = values.only?.split(',');
    const unknown = wanted?.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
    if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}`);
    const scenarios = SCENARIOS.filter(({ name }) => wanted === undefined || wanted.includes(name));
    return { isJson: values.json ?? false, scenarios };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${HELP}`);
    process.exit(2);
  }
}

const { isJson, scenarios } = readOptions();
// Beside the sources and not in the folder for temporary files, which is often kept in memory and knows no fsync.
const scratch = join(import.meta.dirname, '../.cache', `bench-${process.pid}`);
mkdirSync(scratch, { recursive: true });
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
setTimeout(() => {
  console.error(`not done within ${LIMIT_MS / 1_000} s`);
  process.exit(1);
}, LIMIT_MS);

const machine = describeMachine(scratch);
if (!isJson) console.log(machineLines(machine));
const runs: Run[] = [];
for (const scenario of scenarios) {
  const run = performance.now() < LAST_START_MS ? await runScenario(scenario, scratch) : skipped(scenario);
  runs.push(run);
  if (!isJson) console.log(runLines(run));
}
if (isJson) console.log(JSON.stringify({ at: new Date().toISOString(), machine, runs: runs.map(withVerdicts) }));
process.exit(runs.some(({ error }) => error !== undefined) ? 1 : 0);

function skipped({ name, title }: Scenario): Run {
  const reason = 'no time was left; run it alone with --only';
  return { name, title, seconds: 0, load: [loadAverage(), loadAverage()], figures: [], notes: [], error: reason };
}

function withVerdicts(run: Run) {
  return { ...run, figures: run.figures.map((figure) => ({ ...figure, meetsTarget: meetsTarget(figure) })) };
}
