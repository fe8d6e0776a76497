/** The wall clock may be corrected by this much without anybody having slept. */
const CORRECTION_MS = 1_000;

/**
 * A clock that never goes back and counts the time the machine sleeps, which the monotonic clock of some browsers leaves
 * out: what the wall clock is ahead since the last reading is added.
 */
export function createSleepCountingClock({
  monotonic,
  wall,
}: {
  readonly monotonic: () => number;
  readonly wall: () => number;
}): () => number {
  let lastMonotonic = monotonic();
  let lastWall = wall();
  let sleptMs = 0;
  return () => {
    const now = monotonic();
    const wallNow = wall();
    const aheadMs = wallNow - lastWall - (now - lastMonotonic);
    if (aheadMs > CORRECTION_MS) sleptMs += aheadMs;
    lastMonotonic = now;
    lastWall = wallNow;
    return now + sleptMs;
  };
}
