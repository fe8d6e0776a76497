import type { RowView } from '../../../engine/feed.ts';
import type { Query } from '../../../engine/store/snapshot.ts';
import type { Connector } from '../../../protocol/connector.ts';
import { CONNECTOR_RECORDS } from './projection.ts';
import type { ConnectorOrigin } from './records.ts';

/** A row of the table `msg_connector`. */
export interface StoredConnector {
  readonly id: string;
  readonly kind: Connector['kind'];
  readonly origin: ConnectorOrigin | 'built-in';
  /** JSON of the settings; null for the built-in ones. */
  readonly settings: string | null;
  readonly channel: string;
  readonly mode: Connector['mode'];
  readonly liveness: Connector['liveness'];
  readonly events_ingested: number;
  readonly provider_failures: number;
  readonly last_error: string | null;
  readonly last_event_at: number | null;
  readonly since: number;
  readonly added_seq: number;
  readonly is_removed: 0 | 1;
}

/** The built-in ones first. */
const ORDER = `ORDER BY kind = 'irc', id`;

export const ALL_CONNECTORS: Query = { sql: `SELECT * FROM msg_connector WHERE is_removed = 0 ${ORDER}` };

export function connectorOfRow(row: StoredConnector): Connector {
  const { id, kind, channel, mode, liveness, events_ingested, provider_failures } = row;
  return {
    id,
    kind,
    channel,
    mode,
    liveness,
    events_ingested,
    provider_failures,
    ...(row.last_error === null ? {} : { last_error: row.last_error }),
    ...(row.last_event_at === null ? {} : { last_event_at: new Date(row.last_event_at).toISOString() }),
    since: new Date(row.since).toISOString(),
  };
}

/** `/live?view=connectors`: every connector's health; one that was removed is sent once more, with `removed`. */
export const connectorsView: RowView = {
  key: 'messages connectors',
  rows: {
    queries: (after, limit) => [
      {
        sql: `SELECT * FROM msg_connector WHERE changed_seq > ?1 AND (is_removed = 0 OR ?1 >= 0) ${ORDER} LIMIT ?2`,
        params: [after, limit],
      },
    ],
    encode: ([rows = []]) =>
      (rows as readonly StoredConnector[]).map((row) => {
        const removed = row.is_removed === 1 ? { removed: true } : {};
        return { type: 'connector', text: JSON.stringify({ type: 'connector', ...connectorOfRow(row), ...removed }) };
      }),
    changedBy: ({ type }) => CONNECTOR_RECORDS.has(type),
  },
};
