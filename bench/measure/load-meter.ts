import { processorSeconds, starvedSeconds } from './process-figures.ts';

/** How busy the server and the load generator were, so that a reader sees which of them set the figure. */
export class LoadMeter {
  readonly #startedAt = performance.now();
  readonly #server: ProcessMeter;
  readonly #generator = new ProcessMeter(process.pid);

  constructor(serverPid: number) {
    this.#server = new ProcessMeter(serverPid);
  }

  /** In words, over the time since the meter was made. */
  read(): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    return `cores used: server ${this.#server.read(seconds)}, load generator ${this.#generator.read(seconds)}`;
  }
}

class ProcessMeter {
  readonly #pid: number;
  readonly #used: number;
  readonly #starved: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#used = processorSeconds(pid);
    this.#starved = starvedSeconds(pid);
  }

  read(seconds: number): string {
    const used = (processorSeconds(this.#pid) - this.#used) / seconds;
    // A thread that has ended takes its share of the waiting with it.
    const starved = Math.max(0, starvedSeconds(this.#pid) - this.#starved) / seconds;
    return `${used.toFixed(2)} (${starved.toFixed(2)} more wanted)`;
  }
}
