import { availableParallelism } from 'node:os';
import { checkSteps } from './check-steps.ts';
import { printStepResult, runSteps } from './step.ts';

const wanted = process.argv.slice(2);
const steps = checkSteps.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));
if (steps.length === 0) {
  console.error(`no such step; there are: ${checkSteps.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const startedAt = performance.now();
const results = await runSteps(steps, availableParallelism(), printStepResult);
const failed = results.filter(({ ok }) => !ok).length;
console.log(
  `${results.length - failed} steps ok, ${failed} failed, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
);
process.exit(failed === 0 ? 0 : 1);
