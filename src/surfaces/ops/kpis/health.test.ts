import { expect, test } from 'vitest';
import { type HealthFacts, healthOf } from './health.ts';

const GOOD: HealthFacts = {
  failures: { streak: { count: 0, of: null }, hasOutcome: true },
  alerts: { critical: 0, warning: 0, info: 0 },
  ingestion: { mode: 'running', by: null, since: null },
  log: { writable: true },
};
const failed = (count: number) => ({ failures: { streak: { count, of: 'service billing' }, hasOutcome: true } });
const paused: Partial<HealthFacts> = { ingestion: { mode: 'paused', by: 'ada', since: '2026-01-01T00:00:00.000Z' } };
const unmeasured: Partial<HealthFacts> = { failures: { streak: { count: 0, of: null }, hasOutcome: false } };

test.each<[string, Partial<HealthFacts>, string, RegExp]>([
  ['nothing is wrong', {}, 'healthy', /^Nothing fails/],
  ['nothing was measured', unmeasured, 'unknown', /^Nothing has been/],
  ['there is an alert that only informs', { alerts: { critical: 0, warning: 0, info: 3 } }, 'healthy', /./],
  ['one failure', failed(1), 'degraded', /^service billing has failed once\.$/],
  ['two failures', failed(2), 'degraded', /^service billing has failed 2 times in a row\.$/],
  ['three failures', failed(3), 'failing', /^service billing has failed 3 times in a row\.$/],
  ['three failures while paused', { ...failed(3), ...paused }, 'failing', /billing/],
  ['a critical alert', { alerts: { critical: 1, warning: 0, info: 0 } }, 'degraded', /^1 critical alert is open\.$/],
  ['warnings', { alerts: { critical: 0, warning: 2, info: 0 } }, 'degraded', /^2 warning alerts are open\.$/],
  ['a log that refuses', { log: { writable: false, reason: 'the disk is full' } }, 'degraded', /the disk is full/],
  ['a pause', paused, 'degraded', /^ada has paused ingestion\.$/],
  ['a pause before anything was measured', { ...unmeasured, ...paused }, 'degraded', /^ada has paused/],
  ['two causes', { ...failed(1), ...paused }, 'degraded', /billing has failed once\. ada has paused/],
])('%s', (_situation, facts, state, reason) => {
  const health = healthOf({ ...GOOD, ...facts });
  expect(health.state).toBe(state);
  expect(health.reason).toMatch(reason);
});
