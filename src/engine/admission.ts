import { totalmem } from 'node:os';
import { MillraceError } from '../protocol/errors.ts';

export interface AdmissionOptions {
  /** Default: what half of the machine's memory holds at 64 KiB each. */
  readonly maxConnections?: number;
  /** Resident memory above which no connection is taken. Default: 85 % of the machine's memory. */
  readonly maxResidentBytes?: number;
  /** Default: this process's. */
  readonly residentBytes?: () => number;
}

/** Reading the resident size costs a file read; this often is enough. */
const MEASURE_EVERY = 100;

/** Decides whether one more streaming connection fits (specs/004 "Too Many Clients"). */
export class Admission {
  readonly #maxConnections: number;
  readonly #maxResidentBytes: number;
  readonly #residentBytes: () => number;
  #admitted = 0;
  #sinceMeasured = MEASURE_EVERY;
  #measured = 0;

  constructor(options: AdmissionOptions = {}) {
    this.#maxConnections = options.maxConnections ?? Math.floor(totalmem() / 2 / 65_536);
    this.#maxResidentBytes = options.maxResidentBytes ?? totalmem() * 0.85;
    this.#residentBytes = options.residentBytes ?? (() => process.memoryUsage.rss());
  }

  get open(): number {
    return this.#admitted;
  }

  /** Counts one connection in, or throws `overloaded`. Pair it with one {@link leave}. */
  enter(): void {
    if (this.#admitted >= this.#maxConnections) {
      throw new MillraceError('overloaded', `${this.#admitted} connections are open, no more fit`, { retryAfterS: 5 });
    }
    if (this.#memory() > this.#maxResidentBytes) {
      throw new MillraceError('overloaded', 'memory is exhausted', { retryAfterS: 5 });
    }
    this.#admitted += 1;
  }

  leave(): void {
    this.#admitted -= 1;
  }

  #memory(): number {
    this.#sinceMeasured += 1;
    if (this.#sinceMeasured >= MEASURE_EVERY || this.#measured > this.#maxResidentBytes) {
      this.#sinceMeasured = 0;
      this.#measured = this.#residentBytes();
    }
    return this.#measured;
  }
}
