import type { EventMessage } from '../protocol/frames.ts';
import { createEventBuffer, type EventBuffer } from './event-buffer.ts';
import { createFeedConnection, type FeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
import { RefusedError } from './feed-problem.ts';

/** What {@link createFeed} takes. `Event` is what `parse` makes of a message; without `parse` the message itself. */
export interface FeedOptions<Event = EventMessage> extends Omit<FeedConnectionOptions<Event>, 'onEvents'> {
  /** Receives every event once and in order, beside or instead of a loop over the feed. */
  readonly onEvents?: (events: readonly Event[]) => void;
  /**
   * Events that may wait for a loop. Beyond it the connection is closed, its status is `paused`, and it continues at its
   * cursor when the loop has caught up. Default 10000.
   */
  readonly maxBuffered?: number;
}

/**
 * One feed, live. Idle until `start` or until a loop begins:
 *
 * ```ts
 * for await (const batch of feed) console.log(batch.length);
 * ```
 *
 * A loop receives what comes after it began, starts the feed if it is idle, and stops it again when it is left. It throws a
 * {@link RefusedError} when the server turns the client away for good. One loop at a time.
 */
export interface Feed<Event = EventMessage>
  extends FeedConnection,
    AsyncIterable<readonly Event[]>,
    Disposable,
    AsyncDisposable {}

/** A feed by its URL; see {@link FeedOptions} for what it can be told. */
export function createFeed<Event = EventMessage>(options: FeedOptions<Event>): Feed<Event> {
  const { snapshot, poll, maxBuffered = 10_000 } = options;
  let buffer: EventBuffer<Event> | undefined;
  let isLagging = false;
  let isStarted = false;

  const connection = createFeedConnection<Event>({
    ...options,
    ...(snapshot && { snapshot: clearing(snapshot) }),
    ...(poll && { poll: clearing(poll) }),
    onEvents(events) {
      buffer?.push(events);
      options.onEvents?.(events);
    },
  });

  /** What waits comes from before a state that is loaded, which shows it. */
  function clearing(load: (signal: AbortSignal) => Promise<string>) {
    return async (signal: AbortSignal) => {
      const cursor = await load(signal);
      if (!signal.aborted) buffer?.clear();
      return cursor;
    };
  }

  function start(signal?: AbortSignal): void {
    if (signal?.aborted) return;
    isStarted = true;
    isLagging = false;
    signal?.addEventListener('abort', stop, { once: true });
    connection.start();
  }

  function stop(): void {
    isStarted = false;
    connection.stop();
    buffer?.end();
  }

  async function* batches(): AsyncGenerator<readonly Event[], void, undefined> {
    if (buffer) throw new Error('the feed is already read by another loop');
    const own = createEventBuffer<Event>({
      limit: maxBuffered,
      onFull() {
        isLagging = true;
        connection.pause();
      },
      onDrained() {
        if (isLagging) connection.resume();
        isLagging = false;
      },
    });
    buffer = own;
    const unsubscribe = connection.subscribe(() => {
      const { name } = connection.status();
      if (name === 'unauthorized' || name === 'evicted') own.end(new RefusedError(`the feed has ended: ${name}`));
    });
    const isOwnStart = !isStarted;
    if (isOwnStart) start();
    try {
      for (let batch = await own.next(); batch; batch = await own.next()) yield batch;
    } finally {
      unsubscribe();
      buffer = undefined;
      if (isLagging) connection.resume();
      isLagging = false;
      if (isOwnStart) stop();
    }
  }

  return {
    ...connection,
    start,
    stop,
    [Symbol.asyncIterator]: batches,
    [Symbol.dispose]: stop,
    [Symbol.asyncDispose]: async () => stop(),
  };
}
