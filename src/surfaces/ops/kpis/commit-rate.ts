const SECOND_MS = 1_000;
const SECONDS = 60;

/** Counts what happened in the last 60 s, in whole seconds. Time is wall-clock milliseconds, as of the events. */
export class CommitRate {
  /** By second; no more of them than the window has. */
  readonly #seconds = new Map<number, number>();

  add(at: number, events: number): void {
    const second = Math.floor(at / SECOND_MS);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + events);
    this.#forgetBefore(second);
  }

  total(now: number): number {
    const last = Math.floor(now / SECOND_MS);
    let total = 0;
    for (const [second, events] of this.#seconds) if (second > last - SECONDS && second <= last) total += events;
    return total;
  }

  #forgetBefore(newest: number): void {
    for (const second of this.#seconds.keys()) if (second <= newest - SECONDS) this.#seconds.delete(second);
  }
}
