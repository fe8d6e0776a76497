import type { EventView, FeedDefinition } from '../../engine/feed.ts';
import { eventJson } from './event-json.ts';
import { RECORDED } from './events.ts';

const view: EventView = {
  key: 'observability',
  includes: (record) => record.type === RECORDED,
  eventType: () => 'event',
  encode: (record, cursor) => `{"type":"event","data":${eventJson(record)},"cursor":"${cursor}"}`,
};

/** Every recorded event to every client, without filters (specs/004 "Broadcasting"). */
export const streamFeed = {
  name: 'observability',
  path: '/stream',
  open: (_query: URLSearchParams) => view,
} satisfies FeedDefinition;
