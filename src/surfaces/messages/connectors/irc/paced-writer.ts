import type { Clock } from '../../../../engine/clock.ts';
import { TokenBucket } from '../../../../engine/token-bucket.ts';

/** What servers let pass as a rule: a few lines at once, then one every two seconds (RFC 1459, 8.10). */
const PACE = { burst: 8, perSecond: 0.5 };
const LOOK_AGAIN_MS = 250;
/** A connector joins its channels and says nothing; more than this waits only when something is wrong. */
const MAX_WAITING = 500;

/** Writes lines no faster than servers like it. Some can't wait: a server that gets no PONG ends the connection. */
export class PacedWriter implements Disposable {
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  readonly #bucket: TokenBucket;
  #waiting: string[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, write: (line: string) => void) {
    this.#clock = clock;
    this.#write = write;
    this.#bucket = new TokenBucket(PACE, clock.monotonic());
  }

  /** False when too much waits already; the line is then not written. */
  write(line: string): boolean {
    if (line.startsWith('PONG ') || line.startsWith('QUIT')) {
      this.#write(line);
      return true;
    }
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(line);
    if (this.#cancel === undefined) this.#drain();
    return true;
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = [];
  }

  #drain(): void {
    this.#cancel = undefined;
    while (this.#waiting.length > 0 && this.#bucket.take(this.#clock.monotonic())) {
      this.#write(this.#waiting.shift() ?? '');
    }
    if (this.#waiting.length > 0) this.#cancel = this.#clock.schedule(LOOK_AGAIN_MS, () => this.#drain());
  }
}
