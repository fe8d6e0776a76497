import { useSyncExternalStore } from 'react';
import { useMediaQuery } from '../react/use-media-query.ts';
import { storedTheme, subscribeToTheme } from '../ui/theme.ts';

/**
 * The colours that the page is shown in: the chosen ones, else those that the system prefers. A server doesn't know the
 * latter and says `light` until the page is the browser's; nothing is painted by it.
 */
export function useShownTheme(): 'light' | 'dark' {
  const chosen = useSyncExternalStore(subscribeToTheme, storedTheme, storedTheme);
  const prefersDark = useMediaQuery('(prefers-color-scheme: dark)');
  if (chosen !== 'system') return chosen;
  return prefersDark ? 'dark' : 'light';
}
