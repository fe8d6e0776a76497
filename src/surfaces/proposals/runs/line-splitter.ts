import type { Clock } from '../../../engine/clock.ts';
import { wholeCharacters } from '../../../engine/whole-characters.ts';

export interface LineSplitterOptions {
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** What stands without a line end for this long is shown as it is. Default 200. */
  readonly flushAfterMs?: number;
  /** UTF-16 units of one line; the rest of it is dropped. */
  readonly maxLength: number;
}

const CUT_MARK = '…';

/** Makes lines of text that comes in pieces. */
export class LineSplitter {
  readonly #options: Required<LineSplitterOptions>;
  #partial = '';
  /** The line was long enough already: its rest is dropped. */
  #isCut = false;
  #cancelFlush: (() => void) | undefined;

  constructor(options: LineSplitterOptions) {
    this.#options = { flushAfterMs: 200, ...options };
  }

  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#add(text.slice(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#add(text.slice(start));
    if (this.#partial !== '') this.#cancelFlush ??= this.#flushLater();
  }

  /** Shows what has no line end yet. Nothing is pushed after it. */
  end(): void {
    if (this.#partial !== '') this.#emit();
    this.#isCut = false;
  }

  #add(text: string): void {
    if (this.#isCut || text === '') return;
    const { maxLength } = this.#options;
    this.#partial += text;
    if (this.#partial.length <= maxLength) return;
    this.#partial = wholeCharacters(this.#partial.slice(0, maxLength - CUT_MARK.length)) + CUT_MARK;
    this.#isCut = true;
  }

  #endLine(): void {
    // A cut line whose beginning was shown already has no more to show.
    if (!(this.#isCut && this.#partial === '')) this.#emit();
    this.#isCut = false;
  }

  #emit(): void {
    const line = this.#partial;
    this.#partial = '';
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#options.onLine(line);
  }

  #flushLater(): () => void {
    return this.#options.clock.schedule(this.#options.flushAfterMs, () => {
      this.#cancelFlush = undefined;
      if (this.#partial !== '') this.#emit();
    });
  }
}
