import type { ClientEnvironment } from './environment.ts';

const LOOK_EVERY_MS = 1_000;
/** A look that is later than this means that nothing ran for a while: the machine or the page slept. */
const LATE_MS = 4_000;

/** Calls `onWake` within a second after a sleep, with its length; returns the function that ends the watch. */
export function watchForSleep(
  environment: Pick<ClientEnvironment, 'now' | 'schedule'>,
  onWake: (sleptMs: number) => void,
): () => void {
  let cancel = () => {};
  const look = (since: number): void => {
    cancel = environment.schedule(LOOK_EVERY_MS, () => {
      const at = environment.now();
      look(at);
      if (at - since > LOOK_EVERY_MS + LATE_MS) onWake(at - since);
    });
  };
  look(environment.now());
  return () => cancel();
}
