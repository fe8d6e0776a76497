import { MAX_RECENT } from '../events.ts';

/** Events read at once, at the start and with every older page. */
export const PAGE_SIZE = MAX_RECENT;

/** Events of the first paint; the others are loaded when somebody scrolls to them. */
export const RENDERED_SIZE = 100;

/**
 * From which id on nothing is missing once this page, newest first, was merged; 0 when nothing older is stored. `limit`: how
 * many were asked for. A
 * search for text ends at `searchedFrom`, however few it found.
 */
export function completeFrom(
  page: readonly { readonly id: number }[],
  { searchedFrom = 1, limit = PAGE_SIZE }: { readonly searchedFrom?: number | undefined; readonly limit?: number } = {},
): number {
  if (page.length < limit) return searchedFrom > 1 ? searchedFrom : 0;
  return page.reduce((oldest, event) => Math.min(oldest, event.id), Number.POSITIVE_INFINITY);
}
