import { MillraceError } from '../../protocol/errors.ts';

export interface BodyBudgetOptions {
  /** Bytes of all bodies together. */
  readonly maxBytes: number;
  /** What a body counts that doesn't say how long it is: as much as it may have. */
  readonly undeclaredBytes: number;
}

/** Larger bodies must leave some room for those up to here, so that batches that stall hold up no single event. */
const SMALL_BYTES = 64 * 1024;
const SHARE_OF_LARGE = 7 / 8;

/** Bounds what the bodies of requests take while they are received and worked on, however many clients send at once. */
export class BodyBudget {
  readonly #maxBytes: number;
  readonly #undeclaredBytes: number;
  #held = 0;

  constructor({ maxBytes, undeclaredBytes }: BodyBudgetOptions) {
    this.#maxBytes = maxBytes;
    this.#undeclaredBytes = undeclaredBytes;
  }

  /** Bytes that are counted now. */
  get held(): number {
    return this.#held;
  }

  /** Counts the body of a request; pair it with one {@link leave} of the same bytes. Throws `overloaded`. */
  enter({ headers }: Request): number {
    const bytes = this.#bytesOf(headers);
    const limit = bytes <= SMALL_BYTES ? this.#maxBytes : this.#maxBytes * SHARE_OF_LARGE;
    if (bytes > 0 && this.#held + bytes > limit) {
      const message = `bodies of ${this.#held} bytes are being received, no more fit`;
      throw new MillraceError('overloaded', message, { retryAfterS: 1 });
    }
    this.#held += bytes;
    return bytes;
  }

  leave(bytes: number): void {
    this.#held -= bytes;
  }

  #bytesOf(headers: Headers): number {
    const declared = headers.get('content-length');
    if (declared !== null) return Number(declared) || 0;
    return headers.has('transfer-encoding') ? this.#undeclaredBytes : 0;
  }
}
