import { compareNewestFirst, type ListedEvent } from './listed-event.ts';

/** The newest events in display order, each once, never more than `capacity`. */
export class EventList {
  #events: readonly ListedEvent[] = [];
  #ids = new Set<number>();
  #capacity: number;
  #completeFrom = Number.POSITIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Replaced, never changed, by a merge that added something. */
  get events(): readonly ListedEvent[] {
    return this.#events;
  }

  /** From this id on nothing is missing; older pages are read from before it. */
  get completeFrom(): number {
    return this.#completeFrom;
  }

  /** Says that everything from `id` on has been merged. */
  markComplete(id: number): void {
    this.#completeFrom = Math.min(this.#completeFrom, id);
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** Puts each event where its time belongs and drops the ones already there; returns those that were new. */
  merge(incoming: readonly ListedEvent[]): readonly ListedEvent[] {
    const added = incoming.filter((event) => {
      if (this.#ids.has(event.id)) return false;
      this.#ids.add(event.id);
      return true;
    });
    if (added.length === 0) return added;
    this.#events = mergeSorted([...added].sort(compareNewestFirst), this.#events);
    this.#trim();
    return added;
  }

  /** Makes room for pages of older events that a person asked for. */
  grow(by: number): void {
    this.#capacity += by;
  }

  /** Gives the room back; the oldest events go. */
  shrinkTo(capacity: number): void {
    this.#capacity = capacity;
    this.#trim();
  }

  #trim(): void {
    if (this.#events.length <= this.#capacity) return;
    for (const event of this.#events.slice(this.#capacity)) {
      this.#ids.delete(event.id);
      this.#completeFrom = Math.max(this.#completeFrom, event.id + 1);
    }
    this.#events = this.#events.slice(0, this.#capacity);
  }
}

function mergeSorted(a: readonly ListedEvent[], b: readonly ListedEvent[]): readonly ListedEvent[] {
  const lastOfA = a.at(-1);
  const firstOfB = b[0];
  if (!lastOfA || !firstOfB || compareNewestFirst(lastOfA, firstOfB) < 0) return [...a, ...b];
  const merged: ListedEvent[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (!left) return merged.concat(b.slice(j));
    if (!right) return merged.concat(a.slice(i));
    if (compareNewestFirst(left, right) < 0) {
      merged.push(left);
      i += 1;
    } else {
      merged.push(right);
      j += 1;
    }
  }
}
