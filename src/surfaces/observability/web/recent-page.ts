import { MAX_RECENT } from '../events.ts';

/** Events read at once, at the start and with every older page. */
export const PAGE_SIZE = MAX_RECENT;

/**
 * From which id on nothing is missing once this page, newest first, was merged; 0 when nothing older is stored. A
 * search for text ends at `searchedFrom`, however few it found.
 */
export function completeFrom(page: readonly { readonly id: number }[], searchedFrom = 1): number {
  if (page.length < PAGE_SIZE) return searchedFrom > 1 ? searchedFrom : 0;
  return page.reduce((oldest, event) => Math.min(oldest, event.id), Number.POSITIVE_INFINITY);
}
