import type { FeedDefinition, FeedView, RowSet } from '../../src/engine/feed.ts';
import { TEST_FEED } from './engine-system.ts';

/** How many events a channel has. */
export interface Tally {
  readonly channel: string;
  readonly events: number;
}

/** The tallies of all channels, but for that of `other`, whose events change no row. */
const tally: RowSet = {
  queries: (after, limit) => [
    {
      sql: 'SELECT channel, events FROM tally WHERE changed_seq > ? ORDER BY changed_seq LIMIT ?',
      params: [after, limit],
    },
  ],
  encode: ([rows = []]) =>
    (rows as readonly Tally[]).map(({ channel, events }) => ({
      type: 'tally',
      text: JSON.stringify({ type: 'tally', channel, events }),
    })),
  changedBy: ({ channel }) => channel !== 'other',
};

/** `?view=rows`: the tally of every channel. `?view=both`: every event, and the tally beside them. Else {@link TEST_FEED}. */
export const TALLY_FEED: FeedDefinition = {
  ...TEST_FEED,
  open(query): FeedView {
    const view = query.get('view');
    if (view === 'rows') return { key: 'rows', rows: tally };
    if (view === 'both') return { ...TEST_FEED.open(new URLSearchParams()), key: 'both', rows: tally };
    return TEST_FEED.open(query);
  },
};
