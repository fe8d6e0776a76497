/** What a run did and saw: one line per publish, one list per subscriber. */
export class History {
  readonly #attempted = new Set<string>();
  readonly #acknowledged = new Set<string>();
  readonly #received = new Map<string, string[]>();
  #resets = 0;

  attempt(id: string): void {
    this.#attempted.add(id);
  }

  acknowledge(id: string): void {
    this.#acknowledged.add(id);
  }

  receive(subscriber: string, id: string): void {
    const ids = this.#received.get(subscriber) ?? [];
    ids.push(id);
    this.#received.set(subscriber, ids);
  }

  reset(): void {
    this.#resets += 1;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  receivedBy(subscriber: string): number {
    return this.#received.get(subscriber)?.length ?? 0;
  }

  /** Compares with what is stored in the end. Every subscriber must have begun before the first attempt. */
  check(stored: readonly string[]): HistoryReport {
    const position = new Map(stored.map((id, index) => [id, index]));
    const report = {
      attempts: this.#attempted.size,
      acked: this.#acknowledged.size,
      unknown: this.#attempted.size - this.#acknowledged.size,
      lost: [...this.#acknowledged].filter((id) => !position.has(id)).length,
      phantom: stored.filter((id) => !this.#attempted.has(id)).length,
      dup: stored.length - position.size,
      reorder: 0,
      resets: this.#resets,
    };
    for (const ids of this.#received.values()) {
      const distinct = new Set(ids);
      report.dup += ids.length - distinct.size;
      report.phantom += [...distinct].filter((id) => !position.has(id)).length;
      report.lost += stored.filter((id) => !distinct.has(id)).length;
      const positions = ids.map((id) => position.get(id)).filter((place) => place !== undefined);
      report.reorder += positions.filter((place, index) => index > 0 && place < (positions[index - 1] ?? -1)).length;
    }
    return report;
  }
}

export interface HistoryReport {
  readonly attempts: number;
  readonly acked: number;
  /** Neither acknowledged nor refused: the connection ended before the answer. They may be stored or not. */
  readonly unknown: number;
  /** Acknowledged and not stored, or stored and not received by a subscriber. */
  readonly lost: number;
  /** Stored or received without having been attempted or stored. */
  readonly phantom: number;
  readonly dup: number;
  readonly reorder: number;
  readonly resets: number;
}
