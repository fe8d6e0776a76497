import { compareMessages, type ListedMessage } from './message-listed.ts';

/** Which end gives way when a list is full. */
export type ListEnd = 'oldest' | 'newest';

/** What a view reads of a list. It changes in place: whoever shows it is told when to look again. */
export interface MessageRows {
  readonly length: number;
  /** The message at a place, oldest first. */
  at(index: number): ListedMessage | undefined;
  /** Where a message stands, or -1. */
  indexOf(seq: number): number;
}

/**
 * Messages in display order, oldest first, each once by `seq`, never more than `capacity`. Messages that arrive in order
 * are appended in place, so that a frame's work does not grow with the list.
 */
export class MessageList implements MessageRows {
  readonly #capacity: number;
  #messages: ListedMessage[] = [];
  #bySeq = new Map<number, ListedMessage>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#messages.length;
  }

  at(index: number): ListedMessage | undefined {
    return this.#messages[index];
  }

  has(seq: number): boolean {
    return this.#bySeq.has(seq);
  }

  indexOf(seq: number): number {
    const wanted = this.#bySeq.get(seq);
    if (!wanted) return -1;
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const message = this.#messages[middle];
      if (message && compareMessages(message, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last `count` in display order, as an array of its own. */
  newest(count: number): readonly ListedMessage[] {
    return this.#messages.slice(-count);
  }

  /** Those after a position of the log, in display order. */
  after(seq: number): readonly ListedMessage[] {
    return this.#messages.filter((message) => message.seq > seq);
  }

  /** The lowest and the highest position of the log in the list; undefined while it is empty. */
  range(): { readonly from: number; readonly to: number } | undefined {
    const seqs = [...this.#bySeq.keys()];
    return seqs.length === 0
      ? undefined
      : { from: seqs.reduce((a, b) => Math.min(a, b)), to: seqs.reduce((a, b) => Math.max(a, b)) };
  }

  /** Puts each message where its time belongs and leaves out those already there; returns the ones that were new. */
  merge(incoming: readonly ListedMessage[]): readonly ListedMessage[] {
    const added: ListedMessage[] = [];
    for (const message of incoming) {
      if (this.#bySeq.has(message.seq)) continue;
      this.#bySeq.set(message.seq, message);
      added.push(message);
    }
    insertSorted(this.#messages, isSorted(added) ? added : [...added].sort(compareMessages));
    return added;
  }

  /**
   * Makes the list fit again by dropping the messages with the lowest or the highest `seq`, some more than it must so that
   * this is rare; returns the seq nearest to the kept ones that was dropped, undefined when all fit.
   */
  trim(end: ListEnd): number | undefined {
    const excess = this.#messages.length - this.#capacity;
    if (excess <= 0) return undefined;
    const dropped = Math.max(excess, Math.floor(this.#capacity / 100));
    const seqs = Float64Array.from(this.#bySeq.keys()).sort();
    const edge = end === 'oldest' ? seqs[dropped - 1] : seqs[seqs.length - dropped];
    if (edge === undefined) return undefined;
    const isKept = (seq: number) => (end === 'oldest' ? seq > edge : seq < edge);
    this.#messages = this.#messages.filter(({ seq }) => {
      if (isKept(seq)) return true;
      this.#bySeq.delete(seq);
      return false;
    });
    return edge;
  }
}

function isSorted(messages: readonly ListedMessage[]): boolean {
  return messages.every((message, index) => {
    const before = messages[index - 1];
    return before === undefined || compareMessages(before, message) < 0;
  });
}

/** Merges from the end backwards, so that only what stands behind a newcomer moves. */
function insertSorted(target: ListedMessage[], added: readonly ListedMessage[]): void {
  let left = target.length - 1;
  let right = added.length - 1;
  for (const message of added) target.push(message);
  for (let place = target.length - 1; right >= 0; place -= 1) {
    const ours = target[left];
    const theirs = added[right];
    if (!theirs) return;
    if (left >= 0 && ours && compareMessages(ours, theirs) > 0) {
      target[place] = ours;
      left -= 1;
    } else {
      target[place] = theirs;
      right -= 1;
    }
  }
}
