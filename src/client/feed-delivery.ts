import type { EventMessage, HeartbeatFrame } from '../protocol/frames.ts';
import type { FeedProblem } from './feed-problem.ts';
import { messageOf } from './message-of.ts';

/** What whoever opens a connection is told. `Event` is what `parse` makes of a message; without it the message itself. */
export interface FeedHandlers<Event> {
  /** Receives every event after the snapshot exactly once, in the order of the log. */
  readonly onEvents: (events: readonly Event[]) => void;
  /** Told of every heartbeat: its time `at`, and what those of the feed carry beside it. */
  readonly onHeartbeat?: (members: Readonly<Record<string, unknown>>) => void;
  /** Checks one message, for example by a zod schema; what it throws for is reported to `onInvalid` and skipped. */
  readonly parse?: (message: EventMessage) => Event;
  /** Told of a message that `parse` threw for. */
  readonly onInvalid?: (message: EventMessage, cause: unknown) => void;
  readonly onProblem?: (problem: FeedProblem) => void;
}

/** Hands on what a connection received; what a handler throws for ends nothing. */
export interface FeedDelivery {
  events(messages: readonly EventMessage[]): void;
  heartbeat(frame: HeartbeatFrame): void;
  problem(problem: FeedProblem): void;
  /** How many messages `parse` threw for. */
  invalidCount(): number;
}

export function createFeedDelivery<Event>(handlers: FeedHandlers<Event>): FeedDelivery {
  let invalidCount = 0;

  function handle(call: () => void): void {
    try {
      call();
    } catch (cause) {
      handlers.onProblem?.({ kind: 'handler_failed', message: messageOf(cause), cause });
    }
  }

  function parse(message: EventMessage): Event[] {
    try {
      return handlers.parse ? [handlers.parse(message)] : [];
    } catch (cause) {
      invalidCount += 1;
      handle(() => handlers.onInvalid?.(message, cause));
      return [];
    }
  }

  return {
    events(messages) {
      // Without `parse`, `Event` is the message: the default of the type parameter.
      const events = handlers.parse ? messages.flatMap(parse) : (messages as readonly Event[]);
      if (events.length > 0) handle(() => handlers.onEvents(events));
    },
    heartbeat({ type: _, cursor: __, ...members }) {
      handle(() => handlers.onHeartbeat?.(members));
    },
    problem: (problem) => handlers.onProblem?.(problem),
    invalidCount: () => invalidCount,
  };
}
