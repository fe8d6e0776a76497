import type { Clock } from './clock.ts';

/** Something with deadlines: heartbeats due, pongs overdue. */
export interface Sweepable {
  /** `now` is monotonic time in milliseconds. */
  sweep(now: number): void;
}

/** One timer for the deadlines of all connections. */
export class Sweeper implements Disposable {
  readonly #clock: Clock;
  /** How often it looks. */
  readonly intervalMs: number;
  readonly #members = new Set<Sweepable>();
  #cancel: () => void;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.intervalMs = intervalMs;
    this.#cancel = clock.schedule(intervalMs, () => this.#run());
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: Sweepable): void {
    this.#members.add(member);
  }

  /** Returns whether it was a member. */
  delete(member: Sweepable): boolean {
    return this.#members.delete(member);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#members.clear();
  }

  #run(): void {
    const now = this.#clock.monotonic();
    for (const member of this.#members) member.sweep(now);
    this.#cancel = this.#clock.schedule(this.intervalMs, () => this.#run());
  }
}
