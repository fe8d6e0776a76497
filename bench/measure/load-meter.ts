import { processorSeconds } from './process-figures.ts';

/** How busy the server and the load generator were, so that a reader sees which of them set the figure. */
export class LoadMeter {
  readonly #serverPid: number;
  readonly #startedAt = performance.now();
  readonly #server: number;
  readonly #generator: number;

  constructor(serverPid: number) {
    this.#serverPid = serverPid;
    this.#server = processorSeconds(serverPid);
    this.#generator = processorSeconds(process.pid);
  }

  /** In words, over the time since the meter was made. */
  read(): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const server = (processorSeconds(this.#serverPid) - this.#server) / seconds;
    const generator = (processorSeconds(process.pid) - this.#generator) / seconds;
    return `cores used: server ${server.toFixed(2)}, load generator ${generator.toFixed(2)}`;
  }
}
