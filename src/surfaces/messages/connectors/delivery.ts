import type { NewEvent } from '../../../engine/log/log.ts';
import { appendUntilTaken, type PatientLog } from './append-until-taken.ts';

export interface DeliveryOptions extends PatientLog {
  /** So many messages were not stored, and why. */
  readonly onLost: (count: number, reason: string) => void;
  /** Most messages that wait; those that come then are lost. Default 10000. */
  readonly maxWaiting?: number;
  /** How long messages that wait at the end are still tried. Default 2000. */
  readonly flushWithinMs?: number;
}

const MAX_BATCH = 500;

/** Brings one connector's messages into the log, in order: what comes while an append is under way is the next one. */
export class Delivery implements AsyncDisposable {
  readonly #options: DeliveryOptions;
  readonly #maxWaiting: number;
  readonly #ended = new AbortController();
  #waiting: NewEvent[] = [];
  #work: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
  }

  push(event: NewEvent): void {
    if (this.#isClosed || this.#waiting.length >= this.#maxWaiting) {
      const reason = this.#isClosed ? 'it came at the end' : `${this.#maxWaiting} messages wait for the log already`;
      return this.#options.onLost(1, `a message was lost: ${reason}`);
    }
    this.#waiting.push(event);
    this.#work ??= this.#drain();
  }

  /** Stores what waits, as far as the log takes it in time; the rest is told of as lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const { clock, flushWithinMs = 2_000, onLost } = this.#options;
    const cancel = clock.schedule(flushWithinMs, () => this.#ended.abort());
    await this.#work;
    cancel();
    if (this.#waiting.length > 0) onLost(this.#waiting.length, 'the log took no messages until the end');
  }

  async #drain(): Promise<void> {
    // Lines that arrived in one packet go in one append.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#ended.signal.aborted) {
      await this.#store(this.#waiting.slice(0, MAX_BATCH));
    }
    this.#work = undefined;
  }

  /**
   * Stores the oldest of what waits; it counts as waiting until then. One message that the log refuses for good must not
   * take its neighbours along.
   */
  async #store(batch: readonly NewEvent[]): Promise<void> {
    try {
      if (!(await appendUntilTaken(this.#options, batch, this.#ended.signal))) return;
    } catch (error) {
      if (batch.length > 1) {
        const middle = Math.ceil(batch.length / 2);
        await this.#store(batch.slice(0, middle));
        if (!this.#ended.signal.aborted) await this.#store(batch.slice(middle));
        return;
      }
      this.#options.onLost(1, `a message was refused: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#waiting.splice(0, batch.length);
  }
}
