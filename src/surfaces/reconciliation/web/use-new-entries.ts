import { useState } from 'react';
import { seqOf } from '../../../protocol/cursor.ts';
import { useLiveFeed } from '../../../react/use-live-feed.ts';
import type { ReconciliationEvent } from '../events.ts';
import { pageFeed } from './page-feed.ts';
import { matchesFilters, type PageSearch } from './page-search.ts';

/** Most updates that are remembered to be counted. */
const MOST = 1_000;

/** How many updates the stream gave after a position that the filters would show. */
export function useNewEntries(cursor: string | undefined, search: PageSearch): number {
  const [recent, setRecent] = useState<readonly ReconciliationEvent[]>([]);
  useLiveFeed(pageFeed, (events) => setRecent((known) => [...known, ...events].slice(-MOST)));
  const asOf = cursor === undefined ? undefined : seqOf(cursor);
  if (asOf === undefined) return 0;
  return recent.filter((event) => (seqOf(event.cursor) ?? 0) > asOf && matchesFilters(event, search)).length;
}
