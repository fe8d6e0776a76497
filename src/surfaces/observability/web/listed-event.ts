import type { ObservedEvent } from '../events.ts';

/** An event with its time as a number, so that lists sort without parsing again. */
export interface ListedEvent extends ObservedEvent {
  /** Milliseconds since 1970 by the sender's clock; the commit time when the sender's cannot be read. */
  readonly at: number;
}

export function toListed(event: ObservedEvent): ListedEvent {
  const at = Date.parse(event.timestamp);
  return { ...event, at: Number.isNaN(at) ? Date.parse(event.created_at) : at };
}

/** Display order: newest first by (timestamp, id); the log's order is left to the cursor (specs/004 "Order"). */
export function compareNewestFirst(a: ListedEvent, b: ListedEvent): number {
  return b.at - a.at || b.id - a.id;
}

/** What stands in the row: the summary, or the nearest thing to one. */
export function headline(event: ObservedEvent): string {
  return event.summary ?? event.tool_name ?? event.event_type;
}
