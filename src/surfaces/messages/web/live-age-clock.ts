import { pageNow } from '../../../react/page-clock.ts';

export type LiveAgeClock = ReturnType<typeof createLiveAgeClock>;

export interface LiveAgeClockOptions {
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** Calls a function again and again, until the function it returns is called. */
  readonly repeat: (everyMs: number, action: () => void) => () => void;
}

/** The clock of all ages on a page: one timer, which runs while there is an age to show. */
export function createLiveAgeClock({ now, repeat }: LiveAgeClockOptions) {
  const listeners = new Set<() => void>();
  let at = now();
  let stop: (() => void) | undefined;

  function tick(): void {
    at = now();
    for (const listener of [...listeners]) listener();
  }

  return {
    /** The time of the last tick; whole seconds while none is due. */
    now: () => (stop ? at : Math.floor(now() / 1_000) * 1_000),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      if (!stop) {
        at = now();
        stop = repeat(1_000, tick);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

export const liveAgeClock = createLiveAgeClock({
  now: pageNow,
  repeat(everyMs, action) {
    const timer = setInterval(action, everyMs);
    return () => clearInterval(timer);
  },
});
