import { useSyncExternalStore } from 'react';

let renderedOrigin = '';

/** Says where a page is rendered for, which may be elsewhere than where its reader sees it: a proxy is in between. */
export function renderOrigin(origin: string): void {
  renderedOrigin = origin;
}

/** Scheme, host and port of the page; until the browser has taken it over, those that a server rendered it for. */
export function usePageOrigin(): string {
  return useSyncExternalStore(
    subscribeToNothing,
    () => location.origin,
    () => renderedOrigin,
  );
}

const subscribeToNothing = () => () => {};
