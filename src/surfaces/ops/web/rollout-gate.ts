import type { HealthState } from '../events.ts';

export interface RolloutGate {
  readonly state: 'pass' | 'hold';
  /** Why, in a few words. */
  readonly reason: string;
}

export interface RolloutFacts {
  readonly isPaused: boolean;
  readonly health: HealthState;
  /** Without a connection nobody knows whether anything has begun to fail. */
  readonly isConnected: boolean;
}

/** Whether it is a time to roll something out. */
export function rolloutGate({ isPaused, health, isConnected }: RolloutFacts): RolloutGate {
  if (!isConnected) return { state: 'hold', reason: 'Not connected: nothing is known of now.' };
  if (isPaused) return { state: 'hold', reason: 'Ingestion is paused.' };
  if (health === 'failing') return { state: 'hold', reason: 'Health is failing.' };
  return { state: 'pass', reason: 'Nothing is failing and ingestion is running.' };
}
