import { useEffect, useState } from 'react';
import { pageNow } from './page-clock.ts';

/** Wall-clock milliseconds, renewed every `everyMs`, for texts that age by themselves. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(pageNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
