import type { Message } from '../events.ts';

/** A message with its time as a number, so that lists sort without parsing again. */
export interface ListedMessage extends Message {
  /** Milliseconds since 1970 by the sender's clock; the commit time when the sender's cannot be read. */
  readonly at: number;
}

export function toListedMessage(message: Message): ListedMessage {
  const at = Date.parse(message.sent_at);
  return { ...message, at: Number.isNaN(at) ? Date.parse(message.received_at) : at };
}

/** Display order: oldest first by (`sent_at`, `seq`); the log's order is left to the cursor (specs/003 FR-007). */
export function compareMessages(a: ListedMessage, b: ListedMessage): number {
  return a.at - b.at || a.seq - b.seq;
}
