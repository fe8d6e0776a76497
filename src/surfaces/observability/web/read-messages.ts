import { type ObservedEvent, streamMessageSchema } from '../events.ts';

/** The events of feed messages; those that cannot be read are counted and left out (specs/004 "Message Handling"). */
export function readMessages(messages: readonly unknown[]): {
  readonly events: readonly ObservedEvent[];
  readonly unreadable: number;
} {
  const events: ObservedEvent[] = [];
  let unreadable = 0;
  for (const message of messages) {
    const read = streamMessageSchema.safeParse(message);
    if (read.success) events.push(read.data.data);
    else unreadable += 1;
  }
  return { events, unreadable };
}
