import { MAX_RECENT } from '../events.ts';

/** Events read at once, at the start and with every older page. */
export const PAGE_SIZE = MAX_RECENT;

/** From which id on nothing is missing once this page, newest first, was merged; 0 when nothing older is stored. */
export function completeFrom(page: readonly { readonly id: number }[]): number {
  if (page.length < PAGE_SIZE) return 0;
  return page.reduce((oldest, event) => Math.min(oldest, event.id), Number.POSITIVE_INFINITY);
}
