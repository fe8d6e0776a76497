/** Time as the engine sees it, so that tests can move it by hand. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Runs `action` once after `delayMs`; returns the function that cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
  /** Runs `action` after pending I/O was served. */
  defer(action: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  defer(action) {
    setImmediate(action);
  },
};
