import type { Clock } from './clock.ts';

/** Somebody who wants to know that the log has grown. */
export interface Waiter {
  wake(): void;
}

/** Share of the serving thread that fan-out may take before wake-ups are gathered. */
const TARGET_LOAD = 0.75;
const MAX_WINDOW_MS = 50;
/** Fan-out goes on in slices of this length, so that requests are served in between. */
const SLICE_MS = 4;

/**
 * Wakes waiters after a commit; it never hands them data. While fan-out is cheap every commit wakes at once; the more
 * time it takes, the longer commits are gathered, up to 50 ms (DESIGN §1).
 */
export class Hub {
  readonly #clock: Clock;
  #waiting = new Set<Waiter>();
  /** Those of the flush that is under way which were not woken yet. */
  #waking = new Set<Waiter>();
  #isFlushing = false;
  #hasNews = false;
  #flushStartedAt = Number.NEGATIVE_INFINITY;
  #flushCostMs = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting.size + this.#waking.size;
  }

  /** Registers for the next wake-up. Call it before reading: a commit between a read and a later call would be missed. */
  wait(waiter: Waiter): void {
    this.#waiting.add(waiter);
  }

  cancel(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    this.#waking.delete(waiter);
  }

  /** False once the waiter was woken or cancelled. */
  isWaiting(waiter: Waiter): boolean {
    return this.#waiting.has(waiter) || this.#waking.has(waiter);
  }

  /** The log has grown. */
  notify(): void {
    this.#hasNews = true;
    if (this.#isFlushing || this.#cancelTimer) return;
    const windowMs = Math.min(MAX_WINDOW_MS, this.#flushCostMs / TARGET_LOAD);
    const delayMs = this.#flushStartedAt + windowMs - this.#clock.monotonic();
    if (delayMs <= 0) {
      this.#flush();
      return;
    }
    this.#cancelTimer = this.#clock.schedule(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#flush();
    });
  }

  close(): void {
    this.#cancelTimer?.();
    this.#waiting.clear();
    this.#waking.clear();
  }

  #flush(): void {
    this.#isFlushing = true;
    this.#hasNews = false;
    this.#flushStartedAt = this.#clock.monotonic();
    this.#flushCostMs = 0;
    [this.#waking, this.#waiting] = [this.#waiting, this.#waking];
    this.#wakeSlice();
  }

  #wakeSlice(): void {
    const startedAt = this.#clock.monotonic();
    for (const waiter of this.#waking) {
      this.#waking.delete(waiter);
      waiter.wake();
      if (this.#clock.monotonic() - startedAt >= SLICE_MS) break;
    }
    this.#flushCostMs += this.#clock.monotonic() - startedAt;
    if (this.#waking.size > 0) {
      this.#clock.defer(() => this.#wakeSlice());
      return;
    }
    this.#isFlushing = false;
    if (this.#hasNews) this.notify();
  }
}
