import { MillraceError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import { TokenBucket, type TokenBucketOptions } from '../token-bucket.ts';

export interface ClientLimiterOptions {
  readonly clock: Clock;
  /** What one address may do. */
  readonly perClient: TokenBucketOptions;
  /** What all of them together may do. */
  readonly together: TokenBucketOptions;
  /** Addresses remembered; the one not seen for longest is forgotten. Default 10,000. */
  readonly maxClients?: number;
}

/** Limits how often clients do something, in bounded memory. */
export class ClientLimiter {
  readonly #options: Required<ClientLimiterOptions>;
  readonly #clients = new Map<string, TokenBucket>();
  readonly #together: TokenBucket;

  constructor(options: ClientLimiterOptions) {
    this.#options = { maxClients: 10_000, ...options };
    this.#together = new TokenBucket(options.together, options.clock.monotonic());
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Throws `too_many_requests`, saying when to come back. */
  take(address: string): void {
    const { clock, perClient, together } = this.#options;
    const now = clock.monotonic();
    if (!this.#bucket(address, now).take(now)) throw refused(perClient);
    // Forgetting an address gives it a full bucket again: this one bounds what many addresses can do.
    if (!this.#together.take(now)) throw refused(together);
  }

  #bucket(address: string, now: number): TokenBucket {
    const bucket = this.#clients.get(address) ?? new TokenBucket(this.#options.perClient, now);
    this.#clients.delete(address);
    this.#clients.set(address, bucket);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > this.#options.maxClients && oldest !== undefined) this.#clients.delete(oldest);
    return bucket;
  }
}

function refused({ perSecond }: TokenBucketOptions): MillraceError {
  return new MillraceError('too_many_requests', 'too many requests', { retryAfterS: Math.ceil(1 / perSecond) });
}
