import type { LogRecord } from '../../../engine/log/log.ts';
import type { Projection } from '../../../engine/store/projection.ts';
import type { Ingestion } from '../events.ts';
import { INGESTION_CHANGED, type IngestionBody } from '../records.ts';
import type { Stored } from '../stored.ts';

/** Whether events are taken in, and who decided it. Outlives retention: a pause holds until somebody ends it. */
export const ingestionProjection: Projection = {
  name: 'ops-ingestion',
  // Stays: rebuilding from the log would lose a pause whose record retention has removed.
  version: 1,
  create: `
    CREATE TABLE ops_ingestion (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      mode TEXT NOT NULL,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;`,
  drop: 'DROP TABLE IF EXISTS ops_ingestion;',
  open(database) {
    const set = database.prepare('INSERT OR REPLACE INTO ops_ingestion VALUES (1, ?, ?, ?)');
    return {
      apply(records: readonly LogRecord[]) {
        const last = records.findLast(({ type }) => type === INGESTION_CHANGED);
        if (!last) return;
        const { mode, by } = JSON.parse(last.body) as IngestionBody;
        set.run(mode, by, last.at);
      },
    };
  },
};

interface IngestionRow {
  readonly mode: IngestionBody['mode'];
  readonly actor: string;
  readonly at: number;
}

/** It runs until somebody pauses it. */
export const storedIngestion: Stored<Ingestion> = {
  queries: [{ sql: 'SELECT mode, actor, at FROM ops_ingestion' }],
  of([rows = []]) {
    const [row] = rows as readonly IngestionRow[];
    return row
      ? { mode: row.mode, by: row.actor, since: new Date(row.at).toISOString() }
      : { mode: 'running', by: null, since: null };
  },
};
