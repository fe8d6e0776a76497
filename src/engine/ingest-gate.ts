import { MillraceError } from '../protocol/errors.ts';

/** When a producer that was turned away may ask again. */
const RETRY_AFTER_S = 10;

/** Whether events are taken in. The server has one; what decides it keeps it in step with the log. */
export class IngestGate {
  readonly #listeners = new Set<() => void>();
  #isOpen = true;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  set(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Throws `ingestion_paused` while it is shut. */
  assertOpen(): void {
    if (this.#isOpen) return;
    throw new MillraceError('ingestion_paused', 'an admin has paused ingestion: nothing was stored', {
      retryAfterS: RETRY_AFTER_S,
    });
  }

  /** Returns the function that unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
