import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Scenario, ScenarioResult } from './scenario.ts';

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

export async function runScenario(scenario: Scenario, scratch: string): Promise<Run> {
  const { name, title } = scenario;
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const before = loadAverage();
  const startedAt = performance.now();
  const measured = await scenario.run(folder).catch((cause: unknown) => {
    return { figures: [], notes: [], error: cause instanceof Error ? cause.message : String(cause) };
  });
  rmSync(folder, { recursive: true, force: true });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { name, title, seconds, load: [before, loadAverage()], ...measured };
}

/** Over the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}
