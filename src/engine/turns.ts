import { MillraceError } from '../protocol/errors.ts';

/** Actions that may wait for their turn; more are refused. */
const MAX_WAITING = 2_000;

/**
 * Runs actions of the same key one after another, so that what one reads before it appends is not changed by another
 * meanwhile. Actions of different keys run side by side.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();
  readonly #maxWaiting: number;
  #waiting = 0;

  constructor(maxWaiting = MAX_WAITING) {
    this.#maxWaiting = maxWaiting;
  }

  /** Rejects with `too_many_requests` when too much waits already. An action that fails holds up no other. */
  async take<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new MillraceError('too_many_requests', `${this.#waiting} requests wait for their turn`, { retryAfterS: 1 });
    }
    this.#waiting += 1;
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(action);
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#last.set(key, over);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }
}
