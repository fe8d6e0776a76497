import type { EventView, FeedDefinition } from '../../engine/feed.ts';
import { entryJson, parseUpdate, UPDATED } from './record.ts';

const view: EventView = {
  key: 'reconciliation',
  includes: (record) => record.type === UPDATED,
  eventType: () => 'reconciliation.update',
  encode(record, cursor) {
    const { jobIds: _, ...shown } = parseUpdate(record.body);
    return entryJson({ ...record, body: JSON.stringify(shown) }, cursor);
  },
};

/** Every update of every service (specs/001 "Endpoint Details"). */
export const reconciliationFeed = {
  name: 'reconciliation',
  path: '/reconciliation/stream',
  open: (_query: URLSearchParams) => view,
} satisfies FeedDefinition;
