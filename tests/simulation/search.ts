import { Sights } from './sights.ts';
import { type Outcome, simulate } from './simulate.ts';
import type { Mutant } from './world.ts';

export interface SearchOptions {
  /** The first seed; the others follow. */
  readonly from: number;
  readonly seeds: number;
  readonly mutant?: Mutant;
}

export interface Found {
  readonly seeds: number;
  readonly sights: Sights;
  readonly totals: Outcome['totals'];
  /** Events that clients have shown. */
  readonly events: number;
  /** Simulated time that it took until everybody was live and up to date again: of nearly all, and the longest. */
  readonly recoveredMs: { readonly p95: number; readonly max: number };
  /** The first seed that went wrong, where the search has ended. */
  readonly failure: Outcome | undefined;
}

/** Runs one seed after the other until one goes wrong. */
export function search({ from, seeds, mutant }: SearchOptions): Found {
  const sights = new Sights();
  const totals = { attempts: 0, acked: 0, unknown: 0, lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 };
  const recoveries: number[] = [];
  let events = 0;
  let failure: Outcome | undefined;
  for (let seed = from; seed < from + seeds && !failure; seed += 1) {
    const outcome = simulate(seed, mutant);
    sights.add(outcome.sights);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += outcome.totals[name];
    recoveries.push(outcome.recoveredMs);
    events += outcome.events;
    if (outcome.violations.length > 0) failure = outcome;
  }
  recoveries.sort((left, right) => left - right);
  const at = (share: number) => Math.round(recoveries[Math.floor(share * (recoveries.length - 1))] ?? 0);
  return {
    seeds: recoveries.length,
    sights,
    totals,
    events,
    recoveredMs: { p95: at(0.95), max: at(1) },
    failure,
  };
}

/** What went wrong, how to run it again, and the end of what happened. */
export function describeFailure({ seed, violations, trace }: Outcome): string {
  return [
    `seed ${seed}: ${violations.join('; ')}`,
    `rerun: node_modules/.bin/bun tests/simulation/run-seed.ts ${seed} --trace`,
    ...trace.slice(-80),
  ].join('\n');
}
