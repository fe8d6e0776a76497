import type { EventView, FeedDefinition, RowSet } from '../../engine/feed.ts';
import { alertMessage } from './alerts/message.ts';
import { ALERT_CHANGED } from './alerts/records.ts';
import { chatFeedMessages } from './chat/chat-feed-messages.ts';
import { type Kpis, OPS_CHANNEL } from './events.ts';
import { ingestionMessage } from './ingestion/message.ts';
import { assertOperator } from './operators.ts';
import type { OpsMessage } from './ops-message.ts';
import { INGESTION_CHANGED } from './records.ts';

/** What the feed shows, by the type of the record: one line each. */
const MESSAGES: ReadonlyMap<string, OpsMessage> = new Map([
  [INGESTION_CHANGED, ingestionMessage],
  [ALERT_CHANGED, alertMessage],
  ...chatFeedMessages,
]);

export interface OpsFeedOptions {
  /** The health of the connectors. */
  readonly connectors: RowSet;
  /** Measures the KPIs, for its heartbeats. */
  readonly measure: () => Kpis;
}

/** Everything that changes on the page of specs/000, on one stream. */
export function opsFeed({ connectors, measure }: OpsFeedOptions): FeedDefinition {
  const view: EventView = {
    key: 'ops',
    includes: ({ type, channel }) => channel === OPS_CHANNEL && MESSAGES.has(type),
    eventType: ({ type }) => MESSAGES.get(type)?.type ?? type,
    encode(record, cursor) {
      const message = MESSAGES.get(record.type);
      if (!message) throw new Error(`the feed shows no ${record.type}`);
      return `{"type":"${message.type}",${message.members(record)},"cursor":"${cursor}"}`;
    },
    rows: connectors,
    heartbeat: measure,
  };
  return {
    name: 'ops',
    path: '/ops/stream',
    open(_query, _snapshots, { principal }) {
      if (principal) assertOperator(principal);
      return view;
    },
  };
}
