import { useSyncExternalStore } from 'react';
import { age, fullTime } from '../../../ui/time-format.ts';
import { liveAgeClock } from './live-age-clock.ts';

/** How long ago something was, counted on by itself. Only an age whose text changes is drawn anew. */
export function LiveAge({ at }: { readonly at: number }) {
  const read = () => age(at, liveAgeClock.now());
  const text = useSyncExternalStore(liveAgeClock.subscribe, read, read);
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {text}
    </time>
  );
}

/** The minute it is, counted from 1970. */
export function useMinute(): number {
  return useSyncExternalStore(liveAgeClock.subscribe, minute, minute);
}

function minute(): number {
  return Math.floor(liveAgeClock.now() / 60_000);
}
