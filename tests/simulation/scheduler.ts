import { drainMicrotasks } from 'bun:jsc';

interface Task {
  readonly at: number;
  /** Of two tasks due at the same moment the one that was given first runs first. */
  readonly order: number;
  /** Undefined once it was cancelled. */
  action: (() => void) | undefined;
}

/** The only source of time and of order: everything that happens in a simulation is one of its tasks. */
export class Scheduler {
  readonly #heap: Task[] = [];
  #now = 0;
  #order = 0;
  #steps = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Tasks that have run. */
  get steps(): number {
    return this.#steps;
  }

  /** Runs `action` once after `delayMs`; returns the function that cancels it. */
  after(delayMs: number, action: () => void): () => void {
    this.#order += 1;
    const task: Task = { at: this.#now + Math.max(0, delayMs), order: this.#order, action };
    this.#push(task);
    return () => {
      task.action = undefined;
    };
  }

  /** Lets time pass. Between two tasks every promise that can settle does; `afterEach` returns false to end it early. */
  runUntil(end: number, afterEach: () => boolean): void {
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      if (!next.action) continue;
      this.#now = next.at;
      this.#steps += 1;
      next.action();
      this.settle();
      if (!afterEach()) return;
    }
    this.#now = end;
  }

  /** Lets every promise settle that can. */
  settle(): void {
    drainMicrotasks();
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(task, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = heap[2 * index + 1];
      if (!child) break;
      let below = 2 * index + 1;
      const right = heap[below + 1];
      if (right && isBefore(right, child)) {
        child = right;
        below += 1;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
