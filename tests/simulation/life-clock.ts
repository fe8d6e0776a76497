import type { Clock } from '../../src/engine/clock.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sights } from './sights.ts';

/** The hub waits at most so long, and the rest of the server longer, but for {@link LifeClock.pass}. */
const LONGEST_WINDOW_MS = 50;

/**
 * The time of one life of the server. Its thread does one thing at a time: while work takes time, whatever else is due has
 * to wait. Nothing runs any more once it is over.
 */
export class LifeClock implements Clock, Disposable {
  readonly #scheduler: Scheduler;
  readonly #sights: Sights;
  /** What came while the thread was busy. */
  readonly #waiting: (() => void)[] = [];
  #isNextDue = false;
  #busyUntil = 0;
  #wallOffset = Date.UTC(2026, 0, 1);
  #isOver = false;

  constructor(scheduler: Scheduler, sights: Sights) {
    this.#scheduler = scheduler;
    this.#sights = sights;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  now(): number {
    return this.#wallOffset + Math.floor(this.monotonic());
  }

  monotonic(): number {
    return Math.max(this.#scheduler.now, this.#busyUntil);
  }

  schedule(delayMs: number, action: () => void): () => void {
    if (delayMs > 0 && delayMs <= LONGEST_WINDOW_MS) this.#sights.see('gatheredWakeUps');
    return this.#schedule(delayMs, action);
  }

  defer(action: () => void): void {
    this.#schedule(0, action);
  }

  /** Settles when so much time has passed. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#schedule(ms, resolve);
    });
  }

  /** Runs what comes from outside, when the thread has time for it, in the order in which it came. */
  run(action: () => void): void {
    if (this.#isOver) return;
    if (this.#waiting.length === 0 && !this.#isBusy) {
      action();
      return;
    }
    this.#waiting.push(action);
    this.#runNextLater();
  }

  /** What runs now has taken this long. */
  spend(ms: number): void {
    this.#busyUntil = this.monotonic() + ms;
  }

  jumpWallClock(ms: number): void {
    this.#wallOffset += ms;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }

  get #isBusy(): boolean {
    return this.#busyUntil > this.#scheduler.now;
  }

  #runNextLater(): void {
    if (this.#isNextDue || this.#waiting.length === 0) return;
    this.#isNextDue = true;
    this.#scheduler.after(this.#busyUntil - this.#scheduler.now, () => this.#runNext());
  }

  #runNext(): void {
    if (this.#isOver) return;
    this.#isNextDue = false;
    if (!this.#isBusy) this.#waiting.shift()?.();
    this.#runNextLater();
  }

  #schedule(delayMs: number, action: () => void): () => void {
    const delay = this.monotonic() + delayMs - this.#scheduler.now;
    let isCancelled = false;
    const cancel = this.#scheduler.after(delay, () => {
      this.run(() => {
        if (!isCancelled) action();
      });
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  }
}
