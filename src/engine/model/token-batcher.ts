import type { Clock } from '../clock.ts';
import { wholeCharacters } from '../whole-characters.ts';

export interface TokenBatcherOptions {
  readonly clock: Clock;
  /** Given at least one piece, none of them empty; no character is cut between two calls or two pieces. */
  readonly onTokens: (tokens: readonly string[]) => void;
  /** Pieces that come within this time after the first are told together. Default 25. */
  readonly windowMs?: number;
}

/** Tells pieces of text that come close together at one time. */
export class TokenBatcher {
  readonly #options: Required<TokenBatcherOptions>;
  #waiting: string[] = [];
  /** The first half of a character whose second half may come with the next piece. */
  #half = '';
  #cancel: (() => void) | undefined;
  #isOver = false;

  constructor(options: TokenBatcherOptions) {
    this.#options = { windowMs: 25, ...options };
  }

  push(text: string): void {
    if (this.#isOver) return;
    const piece = this.#half + text;
    const whole = wholeCharacters(piece);
    this.#half = piece.slice(whole.length);
    if (whole === '') return;
    this.#waiting.push(whole);
    this.#cancel ??= this.#options.clock.schedule(this.#options.windowMs, () => this.#emit());
  }

  /** Tells what waits; nothing is told after it. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel?.();
    if (this.#half !== '') this.#waiting.push(this.#half);
    this.#emit();
  }

  #emit(): void {
    this.#cancel = undefined;
    const tokens = this.#waiting;
    this.#waiting = [];
    if (tokens.length > 0) this.#options.onTokens(tokens);
  }
}
