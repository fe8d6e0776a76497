import type { Clock } from './clock.ts';

interface Timer {
  readonly dueAt: number;
  readonly action: () => void;
}

/** A clock that tests move by hand; wall clock and monotonic time start together and can be set apart. */
export class ManualClock implements Clock {
  #monotonic = 0;
  #wallOffset = Date.UTC(2026, 0, 1);
  #timers: Timer[] = [];
  #deferred: (() => void)[] = [];

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const timer = { dueAt: this.#monotonic + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  defer(action: () => void): void {
    this.#deferred.push(action);
  }

  /** Lets time pass and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (let next = this.#nextDue(end); next; next = this.#nextDue(end)) {
      const timer = next;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#monotonic = Math.max(this.#monotonic, timer.dueAt);
      timer.action();
    }
    this.#monotonic = Math.max(this.#monotonic, end);
  }

  /** Time passes while code runs: no timer fires. */
  spend(ms: number): void {
    this.#monotonic += ms;
  }

  jumpWallClock(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Runs what was deferred so far; false when there was nothing. */
  runDeferred(): boolean {
    const actions = this.#deferred;
    this.#deferred = [];
    for (const action of actions) action();
    return actions.length > 0;
  }

  #nextDue(end: number): Timer | undefined {
    const due = this.#timers.filter(({ dueAt }) => dueAt <= end);
    return due.sort((left, right) => left.dueAt - right.dueAt)[0];
  }
}
