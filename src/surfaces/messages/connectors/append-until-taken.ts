import type { Clock } from '../../../engine/clock.ts';
import type { Log, NewEvent } from '../../../engine/log/log.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { type ReconnectPolicy, reconnectDelayMs, STEADY_RECONNECT_POLICY } from '../../../protocol/reconnect-policy.ts';
import { pause } from './pause.ts';

export interface PatientLog {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A log that refuses is this process's own, or one close by: it is asked sooner than a server of somebody else. */
const POLICY: ReconnectPolicy = { ...STEADY_RECONNECT_POLICY, initialDelayMs: 200, maxDelayMs: 5_000 };

/**
 * Appends, and tries again for as long as the log is full or the disk refuses. False when it was aborted before that;
 * throws what trying again would not change.
 */
export async function appendUntilTaken(
  { log, clock, random }: PatientLog,
  events: readonly NewEvent[],
  signal: AbortSignal,
): Promise<boolean> {
  for (let failures = 1; ; failures += 1) {
    try {
      await log.append(events);
      return true;
    } catch (error) {
      if (!(error instanceof MillraceError && error.retryable)) throw error;
      if (signal.aborted) return false;
      await pause(clock, reconnectDelayMs(POLICY, { failures, healthyForMs: 0, random: random() }), signal);
      if (signal.aborted) return false;
    }
  }
}
