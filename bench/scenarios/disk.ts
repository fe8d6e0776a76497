import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Samples } from '../measure/samples.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const WRITES = 1_000;
const LIMIT_MS = 5_000;
const PAGE = Buffer.alloc(4_096, 'm');

/** What every durable figure below rests on. */
export const disk: Scenario = { name: 'disk', title: 'write of 4 KiB and fsync', run: measure };

async function measure(folder: string): Promise<ScenarioResult> {
  const file = openSync(join(folder, 'fsync'), 'w');
  const samples = new Samples();
  const deadline = performance.now() + LIMIT_MS;
  while (samples.count < WRITES && performance.now() < deadline) {
    const startedAt = performance.now();
    writeSync(file, PAGE);
    fdatasyncSync(file);
    samples.add(performance.now() - startedAt);
  }
  closeSync(file);
  const [p50, p99, max] = samples.quantiles(0.5, 0.99, 1);
  const subject = 'disk';
  return {
    figures: [
      { subject, name: 'fsync p50', value: p50, unit: 'ms' },
      { subject, name: 'fsync p99', value: p99, unit: 'ms' },
      { subject, name: 'fsync max', value: max, unit: 'ms' },
    ],
    notes: [`${samples.count} writes`],
  };
}
