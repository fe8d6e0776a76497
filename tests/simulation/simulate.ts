import { FAULT_NAMES, FAULTS } from './faults.ts';
import type { Sights } from './sights.ts';
import { type Mutant, World } from './world.ts';

/** What became of one seed. */
export interface Outcome {
  readonly seed: number;
  /** Equal for runs that went the same way. */
  readonly hash: string;
  readonly violations: readonly string[];
  readonly sights: Sights;
  readonly trace: readonly string[];
  /** What all histories together have counted. */
  readonly totals: World['totals'];
  /** Events that clients have shown. */
  readonly events: number;
  readonly steps: number;
  /** Simulated milliseconds from the end of the faults until everybody was live and up to date. */
  readonly recoveredMs: number;
}

const STORM_MS = 24_000;
/** The longest way back: a silence, an attempt that gets no answer, the longest delay, a snapshot. */
const RECOVERY_MS = 30_000;
/** Until then a client may be live on a connection that died before the peace. */
const LONGEST_SILENCE_MS = 6_200;
const SAMPLE_MS = 100;
const ROUNDS = 8;
/** In a healthy system an event has come after this time; a reader whose wake-up was lost waits for the next one. */
const ROUND_MS = 1_500;

/** Runs one seed: a storm of faults, then peace, in which everybody has to get everything. */
export function simulate(seed: number, mutant?: Mutant): Outcome {
  const world = new World(seed, mutant);
  const { scheduler, trace, chance } = world;
  const run = (ms: number) => {
    if (world.violations.length > 0) return;
    try {
      scheduler.runUntil(scheduler.now + ms, () => isSound(world));
    } catch (error) {
      world.violate(`something threw: ${error instanceof Error ? error.stack : String(error)}`);
    }
  };
  world.startServer();
  for (const subscriber of world.everybody) scheduler.after(chance.between(0, 500), () => subscriber.start());
  storm(world);
  run(STORM_MS);
  heal(world);
  const healedAt = scheduler.now;
  let recoveredAt = healedAt;
  while (world.violations.length === 0) {
    run(SAMPLE_MS);
    if (!isRecovered(world)) recoveredAt = scheduler.now;
    const sinceMs = scheduler.now - healedAt;
    if (sinceMs >= RECOVERY_MS || (sinceMs > LONGEST_SILENCE_MS && recoveredAt < scheduler.now)) break;
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!isRecovered(world)) break;
    trace.add('world', `round ${round}`);
    world.publish(3, chance.between(0, 20));
    run(ROUND_MS);
  }
  if (world.violations.length === 0) conclude(world);
  const outcome = {
    seed,
    hash: trace.hash(),
    violations: world.violations,
    sights: world.sights,
    trace: trace.lines,
    totals: world.totals,
    events: world.everybody.reduce((sum, { events }) => sum + events, 0),
    steps: scheduler.steps,
    recoveredMs: recoveredAt - healedAt,
  };
  world.release();
  scheduler.settle();
  return outcome;
}

/** Plans what happens. Each seed draws the kinds of faults it has: few of them go deeper than all of them at once. */
function storm(world: World): void {
  const { chance, scheduler } = world;
  const kinds = FAULT_NAMES.filter(() => chance.is(0.35));
  const everyMs = chance.between(300, 2_500);
  for (let at = 1_000; at < STORM_MS; at += chance.between(0, 2 * everyMs)) {
    const kind = chance.of(kinds);
    if (kind) scheduler.after(at, () => FAULTS[kind](world));
  }
  for (let at = 100; at < STORM_MS; at += chance.is(0.5) ? chance.between(0, 300) : chance.between(500, 4_000)) {
    scheduler.after(at, () => world.publish(chance.int(1, 4), 40));
  }
}

/** From now on nothing is disturbed any more; what was lost before stays lost. */
function heal(world: World): void {
  const { disk, network, clients, trace } = world;
  trace.add('world', 'peace');
  world.isStormy = false;
  for (const link of network.links) link.spare();
  Object.assign(disk, { isFailing: false, commitMs: 2, reportMs: 2 });
  for (const { path } of world.everybody) {
    Object.assign(path, { isDark: false, isStalled: false, takesStreams: true, delayMs: 3 });
  }
  for (const client of clients) {
    client.setOnline(true);
    client.resume();
  }
  network.moveAll();
  world.startServer();
}

/** Looked at after every step: nobody says that it is live without having reason to. */
function isSound(world: World): boolean {
  for (const client of world.clients) {
    if (!client.isQuietlyWrong(world.scheduler.now)) continue;
    world.violate(`${client.name} is live and has heard nothing for longer than it waits`);
    return false;
  }
  return world.violations.length === 0;
}

function isRecovered(world: World): boolean {
  return world.life !== undefined && world.everybody.every(({ isLive, isUpToDate }) => isLive && isUpToDate);
}

function conclude(world: World): void {
  for (const { name, isLive, isUpToDate } of world.everybody) {
    if (!isLive) world.violate(`${name} is not live in the end`);
    else if (!isUpToDate) world.violate(`${name} is live and has not got everything`);
  }
  world.checkAll();
  const served = world.life?.readers ?? 0;
  const open = world.clients.length + world.readers.filter(({ transport }) => transport === 'websocket').length;
  if (world.violations.length === 0 && served !== open) {
    world.violate(`the server serves ${served} streams, of which ${open} have a reader`);
  }
  for (const subscriber of world.everybody) subscriber.stop();
  for (const client of world.clients) {
    if (client.leftovers > 0) world.violate(`${client.name} leaves ${client.leftovers} timers and listeners behind`);
  }
}
