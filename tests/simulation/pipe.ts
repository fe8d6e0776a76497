import type { Chance } from './chance.ts';
import type { Scheduler } from './scheduler.ts';

export interface PipeOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  /** Whether anything gets through now; {@link Pipe.move} says that this has changed. */
  readonly isOpen: () => boolean;
  /** The longest time that one piece takes. */
  readonly delayMs: () => number;
  /** All that was given to it has arrived. */
  readonly onEmpty: () => void;
}

interface Piece {
  readonly size: number;
  readonly arrive: () => void;
}

/** One direction of a connection: pieces arrive one after the other, in order, after a while or never. */
export class Pipe {
  readonly #options: PipeOptions;
  #pieces: Piece[] = [];
  #size = 0;
  #isMoving = false;
  #isCut = false;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** Bytes that have not arrived. */
  get size(): number {
    return this.#size;
  }

  push(size: number, arrive: () => void): void {
    if (this.#isCut) return;
    this.#pieces.push({ size, arrive });
    this.#size += size;
    this.move();
  }

  /** Drops what has not arrived, and all that is still pushed. */
  cut(): void {
    this.#isCut = true;
    this.#pieces = [];
  }

  move(): void {
    const { scheduler, chance, isOpen, delayMs } = this.#options;
    if (this.#isMoving || this.#pieces.length === 0 || !isOpen()) return;
    this.#isMoving = true;
    scheduler.after(chance.between(0.05, delayMs()), () => this.#arrive());
  }

  #arrive(): void {
    this.#isMoving = false;
    // What began its way while nothing gets through waits as everything behind it does.
    if (!this.#options.isOpen()) return;
    const piece = this.#pieces.shift();
    if (!piece) return;
    this.#size -= piece.size;
    piece.arrive();
    if (this.#pieces.length === 0 && !this.#isCut) this.#options.onEmpty();
    this.move();
  }
}
