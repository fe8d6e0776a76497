import { hash } from 'node:crypto';
import type { Scheduler } from './scheduler.ts';

/** What happened in a simulation, one line each. */
export class Trace {
  readonly #scheduler: Scheduler;
  readonly #lines: string[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(actor: string, what: string): void {
    this.#lines.push(`${Math.round(this.#scheduler.now * 1_000) / 1_000} ${actor} ${what}`);
  }

  /** Two runs with the same hash went the same way. */
  hash(): string {
    return hash('sha1', this.#lines.join('\n'), 'hex').slice(0, 16);
  }
}
