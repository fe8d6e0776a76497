import { type ListEnd, MessageList, type MessageRows } from './message-list.ts';
import type { ListedMessage } from './message-listed.ts';

/**
 * An unbroken stretch of the messages that match: whole from one position of the log to another, or on to whatever comes
 * (then it is attached). It holds so many at most; the end that nobody looks at gives way and can be loaded again.
 */
export class MessageWindow {
  readonly #list: MessageList;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.POSITIVE_INFINITY;

  constructor(capacity: number) {
    this.#list = new MessageList(capacity);
  }

  get rows(): MessageRows {
    return this.#list;
  }

  /** From this position on nothing is missing; 0 when nothing older is stored. */
  get from(): number {
    return this.#from;
  }

  /** Up to this position nothing is missing. */
  get to(): number {
    return this.#to;
  }

  get isAttached(): boolean {
    return this.#to === Number.POSITIVE_INFINITY;
  }

  get hasOlder(): boolean {
    return this.#from > 0 && this.#from < Number.POSITIVE_INFINITY;
  }

  /** Nothing that comes later belongs into the window until it is attached again. */
  detachAt(seq: number): void {
    this.#to = Math.min(this.#to, seq);
  }

  /** Takes what came after its end, so that it goes on with whatever comes. */
  attach(messages: readonly ListedMessage[]): readonly ListedMessage[] {
    this.#to = Number.POSITIVE_INFINITY;
    return this.#list.merge(messages);
  }

  /** Takes messages within or beside the window that leave it whole from `from` and up to `to`. */
  extend(messages: readonly ListedMessage[], reach: { readonly from?: number; readonly to?: number }) {
    this.#from = Math.min(this.#from, reach.from ?? this.#from);
    if (!this.isAttached) this.#to = Math.max(this.#to, reach.to ?? this.#to);
    return this.#list.merge(messages);
  }

  /** Makes it fit again at the end that nobody looks at. */
  trim(end: ListEnd): void {
    const edge = this.#list.trim(end);
    if (edge === undefined) return;
    if (end === 'oldest') this.#from = Math.max(this.#from, edge + 1);
    else this.detachAt(edge - 1);
  }
}
