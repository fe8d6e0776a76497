import type { Clock } from '../../../engine/clock.ts';
import { wholeCharacters } from '../runs/line-splitter.ts';

export interface TokenBatcherOptions {
  readonly clock: Clock;
  readonly onText: (content: string) => void;
  /** Pieces that come within this time after the first are told together. Default 25. */
  readonly windowMs?: number;
}

/** Puts pieces of text that come close together into one. */
export class TokenBatcher {
  readonly #options: Required<TokenBatcherOptions>;
  #waiting = '';
  #cancel: (() => void) | undefined;
  #isOver = false;

  constructor(options: TokenBatcherOptions) {
    this.#options = { windowMs: 25, ...options };
  }

  push(text: string): void {
    if (this.#isOver || text === '') return;
    this.#waiting += text;
    this.#cancel ??= this.#options.clock.schedule(this.#options.windowMs, () => this.#emit());
  }

  /** Tells what waits; nothing is told after it. */
  end(): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#emit();
  }

  #emit(): void {
    this.#cancel = undefined;
    // The second half of a character may come with the next piece.
    const text = this.#isOver ? this.#waiting : wholeCharacters(this.#waiting);
    this.#waiting = this.#waiting.slice(text.length);
    if (text !== '') this.#options.onText(text);
  }
}
