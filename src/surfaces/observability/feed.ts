import type { FeedDefinition, FeedView } from '../../engine/feed.ts';
import { eventJson } from './event-json.ts';
import { RECORDED } from './events.ts';

const view: FeedView = {
  key: 'observability',
  includes: (record) => record.type === RECORDED,
  eventType: () => 'event',
  encode: (record, cursor) => `{"type":"event","data":${eventJson(record)},"cursor":"${cursor}"}`,
};

/** Every recorded event to every client, without filters (specs/004 "Broadcasting"). */
export const streamFeed: FeedDefinition = { name: 'observability', path: '/stream', open: () => view };
