import { MillraceError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import type { Log, NewEvent } from './log.ts';

export interface JournalOptions {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  /** Ends the attempts at a log that refuses: what was not taken by then is not stored. */
  readonly signal: AbortSignal;
}

/** Events that may wait for the log before whoever makes them has to. */
const MAX_WAITING = 256;
const RETRY_MS = 200;

/**
 * What one run tells, in the order it is told: one append after another, each with all that came meanwhile. Nothing
 * follows the last.
 */
export class Journal {
  readonly #options: JournalOptions;
  #waiting: NewEvent[] = [];
  #work: Promise<void> | undefined;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Dropped after the end. */
  add(event: NewEvent): void {
    if (this.#isClosed) return;
    this.#waiting.push(event);
    this.#begin();
  }

  /** Settles when there is room; rejects when nothing can be stored any more. */
  async ready(): Promise<void> {
    while (this.#waiting.length >= MAX_WAITING && !this.#failure) await this.#work;
    if (this.#failure) throw this.#failure.error;
  }

  /** Settles when all that was added is stored. */
  async flush(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    if (this.#failure) throw this.#failure.error;
  }

  /** Stores the last events after all others, in one append. */
  async close(...last: readonly NewEvent[]): Promise<void> {
    for (const event of last) this.add(event);
    this.#isClosed = true;
    await this.flush();
  }

  #begin(): void {
    this.#work ??= this.#store().finally(() => {
      this.#work = undefined;
      if (this.#waiting.length > 0 && !this.#failure) this.#begin();
    });
  }

  async #store(): Promise<void> {
    // What is told in the same moment is stored together.
    await Promise.resolve();
    const events = this.#waiting;
    this.#waiting = [];
    try {
      await this.#append(events);
    } catch (error) {
      this.#failure = { error };
      this.#waiting = [];
    }
  }

  async #append(events: readonly NewEvent[]): Promise<void> {
    const { log, signal } = this.#options;
    for (;;) {
      try {
        await log.append(events);
        return;
      } catch (error) {
        const isWorthWaiting = error instanceof MillraceError && error.retryable && !signal.aborted;
        if (!isWorthWaiting) throw error;
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    const { clock, signal } = this.#options;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.schedule(RETRY_MS, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
