/** When to try again after a lost connection (DESIGN §6). */
export interface ReconnectPolicy {
  /** Delay before the first try. Default 1000. */
  readonly initialDelayMs: number;
  /** Upper bound of the delay. Default 30000. */
  readonly maxDelayMs: number;
  /** Growth per failed try. Default 2. */
  readonly factor: number;
  /** Random share added or taken, 0.2 = ±20 %. Default 0.2. */
  readonly jitter: number;
  /** A connection that was healthy this long is retried at once after its loss. Default 10000. */
  readonly healthyAfterMs: number;
  /** Upper bound of the random delay of that immediate retry; undefined retries after the ordinary delay. Default 1000. */
  readonly immediateJitterMs: number | undefined;
}

export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  initialDelayMs: 1_000,
  maxDelayMs: 30_000,
  factor: 2,
  jitter: 0.2,
  healthyAfterMs: 10_000,
  immediateJitterMs: 1_000,
};

/** The same delays after every loss, 1, 2, 4, 8, 16, then 30 s, with no immediate retry (specs/001 AC-2). */
export const STEADY_RECONNECT_POLICY: ReconnectPolicy = { ...DEFAULT_RECONNECT_POLICY, immediateJitterMs: undefined };

export interface ReconnectSituation {
  /** Consecutive failures so far, counting the one just seen; 1 after the first. */
  readonly failures: number;
  /** How long the lost connection had been healthy; 0 when it never opened. */
  readonly healthyForMs: number;
  /** A number in [0, 1). */
  readonly random: number;
}

/** Milliseconds to wait before the next try: 1, 2, 4, 8, 16, then 30 s with jitter (specs/001 AC-2, specs/004). */
export function reconnectDelayMs(policy: ReconnectPolicy, situation: ReconnectSituation): number {
  const { failures, healthyForMs, random } = situation;
  const { immediateJitterMs } = policy;
  if (immediateJitterMs !== undefined && failures <= 1 && healthyForMs >= policy.healthyAfterMs) {
    return random * immediateJitterMs;
  }
  const exponent = Math.max(0, failures - 1);
  const base = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** exponent);
  return base * (1 + policy.jitter * (2 * random - 1));
}
