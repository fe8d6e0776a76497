import { expect, it } from 'vitest';
import { rolloutGate } from './rollout-gate.ts';

it.each([
  [{ isPaused: false, health: 'healthy', isConnected: true }, 'pass'],
  [{ isPaused: false, health: 'degraded', isConnected: true }, 'pass'],
  [{ isPaused: false, health: 'unknown', isConnected: true }, 'pass'],
  [{ isPaused: false, health: 'failing', isConnected: true }, 'hold'],
  [{ isPaused: true, health: 'healthy', isConnected: true }, 'hold'],
  [{ isPaused: false, health: 'healthy', isConnected: false }, 'hold'],
] as const)('%o: %s', (facts, state) => {
  expect(rolloutGate(facts).state).toBe(state);
});
