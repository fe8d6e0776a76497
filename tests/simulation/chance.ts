import { seededRandom } from '../support/seeded-random.ts';

/** All the chance of one simulation: the same seed gives the same draws. */
export class Chance {
  /** From 0 up to 1. */
  readonly number: () => number;

  constructor(seed: number) {
    this.number = seededRandom(seed);
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.number();
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor((max - min + 1) * this.number());
  }

  is(probability: number): boolean {
    return this.number() < probability;
  }

  /** One of the items; undefined when there is none. */
  of<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(items.length * this.number())];
  }
}
