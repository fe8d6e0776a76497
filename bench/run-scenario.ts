import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Scenario, ScenarioResult } from './scenario.ts';
import { killChildServers } from './subjects/child-server.ts';

/** One scenario as it went. */
export interface Run extends ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  /** Load average over a minute, before and after: other work on the machine spoils figures. */
  readonly load: readonly [before: number, after: number];
  /** Why there are no figures. */
  readonly error?: string;
}

/** A scenario that takes longer is ended, so that the others still get their turn. */
export const SCENARIO_LIMIT_MS = 55_000;

export async function runScenario(scenario: Scenario, scratch: string): Promise<Run> {
  const { name, title } = scenario;
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const before = loadAverage();
  const startedAt = performance.now();
  let isOver = false;
  const limit = setTimeout(() => {
    isOver = true;
    killChildServers();
  }, SCENARIO_LIMIT_MS);
  const measured = await scenario.run(folder).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { figures: [], notes: [], error: isOver ? `not done within ${SCENARIO_LIMIT_MS / 1_000} s` : reason };
  });
  clearTimeout(limit);
  rmSync(folder, { recursive: true, force: true });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { name, title, seconds, load: [before, loadAverage()], ...measured };
}

/** Over the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}
