import type { FeedDefinition, FeedView } from '../../engine/feed.ts';
import { entryJson, parseUpdate, UPDATED } from './record.ts';

const view: FeedView = {
  key: 'reconciliation',
  includes: (record) => record.type === UPDATED,
  eventType: () => 'reconciliation.update',
  encode(record, cursor) {
    const { jobIds: _, ...shown } = parseUpdate(record.body);
    return entryJson({ ...record, body: JSON.stringify(shown) }, cursor);
  },
};

/** Every update of every service (specs/001 "Endpoint Details"). */
export const reconciliationFeed: FeedDefinition = {
  name: 'reconciliation',
  path: '/reconciliation/stream',
  open: () => view,
};
