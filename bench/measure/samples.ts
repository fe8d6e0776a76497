/** Measured values, for their percentiles. */
export class Samples {
  #values = new Float64Array(4_096);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  /** For each fraction the value that so much of the samples doesn't exceed; NaN without samples. */
  quantiles<const Fractions extends readonly number[]>(
    ...fractions: Fractions
  ): { [Index in keyof Fractions]: number } {
    const sorted = this.#values.subarray(0, this.#count).toSorted();
    const at = (fraction: number) => sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
    return fractions.map(at) as { [Index in keyof Fractions]: number };
  }
}
