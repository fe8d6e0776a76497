/** The length of a tick. */
const TICK_MS = 20;

/**
 * The time in which this process could run, in milliseconds: ticks of a timer, of which a machine that stands still lets
 * none pass. For what a spec allows a time for, where that runs in another process: what blocks this one isn't counted.
 */
export function startRunningTime(): { readonly ms: number } & Disposable {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, TICK_MS);
  return {
    get ms() {
      return ticks * TICK_MS;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
