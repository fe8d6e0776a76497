/** Batches that wait for a consumer, for one loop at a time. */
export interface EventBuffer<Event> {
  push(batch: readonly Event[]): void;
  /** Forgets what waits, for example because a snapshot shows it already. */
  clear(): void;
  /** Ends the loop after what waits; with an error it throws it. */
  end(error?: Error): void;
  /** The next batch; undefined at the end. */
  next(): Promise<readonly Event[] | undefined>;
}

export interface EventBufferOptions {
  /** Events that may wait before `onFull` is called. */
  readonly limit: number;
  /** Stop pushing: called when more than `limit` events wait. */
  readonly onFull: () => void;
  /** Push again: called when a full buffer has been emptied. */
  readonly onDrained: () => void;
}

export function createEventBuffer<Event>({ limit, onFull, onDrained }: EventBufferOptions): EventBuffer<Event> {
  let waiting: (readonly Event[])[] = [];
  let count = 0;
  let isFull = false;
  let ending: { readonly error: Error | undefined } | undefined;
  let wake = () => {};

  function drained(): void {
    if (!isFull || count > 0) return;
    isFull = false;
    onDrained();
  }

  return {
    push(batch) {
      if (ending) return;
      waiting.push(batch);
      count += batch.length;
      wake();
      if (isFull || count <= limit) return;
      isFull = true;
      onFull();
    },
    clear() {
      waiting = [];
      count = 0;
      drained();
    },
    end(error) {
      ending ??= { error };
      wake();
    },
    async next() {
      while (waiting.length === 0 && !ending) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const batch = waiting.shift();
      if (batch) {
        count -= batch.length;
        drained();
        return batch;
      }
      if (ending?.error) throw ending.error;
      return undefined;
    },
  };
}
