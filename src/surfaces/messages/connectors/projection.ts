import type { LogRecord } from '../../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../../engine/store/projection.ts';
import { POSTED } from '../events.ts';
import { channelText } from './channel-text.ts';
import {
  ADDED,
  type AddedBody,
  CHANGED,
  type ChangedBody,
  FAILED,
  type FailedBody,
  REMOVED,
  type RemovedBody,
} from './records.ts';

/** What agents' hooks leave in the log; the name belongs to the surface `observability`. */
const HOOK_RECORDED = 'observability.recorded';
/** A posted message ends with its connector, when it came through one; inside the text the quotes would be escaped. */
const CONNECTOR_AT_END = /,"connector":"([a-z0-9-]{1,64})"\}$/;

/** Types of the records that change a row. */
export const CONNECTOR_RECORDS: ReadonlySet<string> = new Set([ADDED, REMOVED, CHANGED, FAILED, POSTED, HOOK_RECORDED]);

/**
 * One row per connector. `http` and `hooks` are always there. Events and failures are counted since the connector was
 * added and stay counted when retention removes what they counted; so does the connector itself. A removed one keeps its
 * row, marked, until retention has passed its removal, so that open pages learn of it.
 */
export const connectorsProjection: Projection = {
  name: 'messages_connectors',
  version: 1,
  create: `
    CREATE TABLE msg_connector (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      origin TEXT NOT NULL,
      settings TEXT,
      channel TEXT NOT NULL,
      mode TEXT NOT NULL,
      liveness TEXT NOT NULL,
      events_ingested INTEGER NOT NULL,
      provider_failures INTEGER NOT NULL,
      last_error TEXT,
      last_event_at INTEGER,
      since INTEGER NOT NULL,
      added_seq INTEGER NOT NULL,
      is_removed INTEGER NOT NULL,
      changed_seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX msg_connector_by_change ON msg_connector (changed_seq);
    INSERT INTO msg_connector
    SELECT id, id, 'built-in', NULL, path, 'push', 'idle', 0, 0, NULL, NULL, CAST(unixepoch('subsec') * 1000 AS INTEGER), 0, 0, 0
    FROM (SELECT 'http' AS id, '/api/messages' AS path UNION ALL SELECT 'hooks', '/hooks/claude-code');`,
  drop: 'DROP TABLE IF EXISTS msg_connector;',
  open: (database) => new ConnectorsWriter(database),
};

interface Ingested {
  events: number;
  last: LogRecord;
}

class ConnectorsWriter implements ProjectionWriter {
  readonly #add;
  readonly #remove;
  readonly #change;
  readonly #fail;
  readonly #count;
  readonly #trim;

  constructor(database: ProjectionDatabase) {
    // Added again while it is there, as the refresh of an old record is, it keeps its health and its counts.
    this.#add = database.prepare(
      `INSERT INTO msg_connector VALUES (?1, ?2, ?3, ?4, ?5, 'stream', 'connecting', 0, 0, NULL, NULL, ?6, ?7, 0, ?7)
       ON CONFLICT (id) DO UPDATE SET
         origin = excluded.origin, settings = excluded.settings, channel = excluded.channel,
         liveness = iif(is_removed, excluded.liveness, liveness),
         events_ingested = iif(is_removed, 0, events_ingested),
         provider_failures = iif(is_removed, 0, provider_failures),
         last_error = iif(is_removed, NULL, last_error),
         last_event_at = iif(is_removed, NULL, last_event_at),
         since = iif(is_removed, excluded.since, since),
         added_seq = excluded.added_seq, is_removed = 0, changed_seq = excluded.changed_seq
       WHERE kind = excluded.kind`,
    );
    this.#remove = database.prepare(
      `UPDATE msg_connector SET is_removed = 1, changed_seq = ?2 WHERE id = ?1 AND kind = 'irc'`,
    );
    this.#change = database.prepare(
      `UPDATE msg_connector SET since = iif(liveness = ?2, since, ?3), liveness = ?2, changed_seq = ?4
       WHERE id = ?1 AND is_removed = 0`,
    );
    this.#fail = database.prepare(
      `UPDATE msg_connector SET provider_failures = provider_failures + ?2, last_error = ?3, changed_seq = ?4
       WHERE id = ?1 AND is_removed = 0`,
    );
    this.#count = database.prepare(
      `UPDATE msg_connector SET events_ingested = events_ingested + ?2, last_event_at = ?3, changed_seq = ?4,
         since = iif(liveness = 'idle', ?3, since), liveness = iif(liveness = 'idle', 'live', liveness)
       WHERE id = ?1 AND is_removed = 0`,
    );
    this.#trim = database.prepare('DELETE FROM msg_connector WHERE is_removed AND changed_seq <= ?');
  }

  apply(records: readonly LogRecord[]): void {
    const ingested = new Map<string, Ingested>();
    for (const record of records) {
      const connector = connectorOf(record);
      if (connector !== undefined) {
        ingested.set(connector, { events: (ingested.get(connector)?.events ?? 0) + 1, last: record });
      } else if (CONNECTOR_RECORDS.has(record.type)) {
        // What came before a removal or an addition belongs to the row as it was.
        this.#writeCounts(ingested);
        this.#applyOne(record);
      }
    }
    this.#writeCounts(ingested);
  }

  trim(through: number): void {
    this.#trim.run(through);
  }

  #applyOne({ type, body, at, seq }: LogRecord): void {
    switch (type) {
      case ADDED: {
        const { id, kind, origin, settings } = JSON.parse(body) as AddedBody;
        this.#add.run(id, kind, origin, JSON.stringify(settings), channelText(settings), at, seq);
        return;
      }
      case REMOVED:
        return this.#remove.run((JSON.parse(body) as RemovedBody).id, seq);
      case CHANGED: {
        const { id, liveness } = JSON.parse(body) as ChangedBody;
        return this.#change.run(id, liveness, at, seq);
      }
      case FAILED: {
        const { id, error, count } = JSON.parse(body) as FailedBody;
        return this.#fail.run(id, count, error, seq);
      }
    }
  }

  #writeCounts(ingested: Map<string, Ingested>): void {
    for (const [id, { events, last }] of ingested) this.#count.run(id, events, last.at, last.seq);
    ingested.clear();
  }
}

/** The connector that brought a record's event; undefined for records that are no such events. */
function connectorOf({ type, body }: LogRecord): string | undefined {
  if (type === HOOK_RECORDED) return 'hooks';
  if (type !== POSTED) return undefined;
  return CONNECTOR_AT_END.exec(body)?.[1] ?? 'http';
}
