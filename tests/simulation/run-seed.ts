import { simulate } from './simulate.ts';

// Runs seeds and prints what became of each; with `--trace` all that happened in the last one.
// node_modules/.bin/bun tests/simulation/run-seed.ts 7 --trace

const seeds = process.argv.slice(2).filter((argument) => argument !== '--trace');
let lines: readonly string[] = [];
for (const seed of seeds) {
  const { hash, violations, steps, events, recoveredMs, trace } = simulate(Number(seed));
  lines = trace;
  console.log(JSON.stringify({ seed: Number(seed), hash, violations, steps, events, recoveredMs }));
}
if (process.argv.includes('--trace')) console.log(lines.join('\n'));
