import type { SqlValue } from '../../../engine/store/projection.ts';
import type { Query } from '../../../engine/store/snapshot.ts';
import type { Alert, Severity } from '../events.ts';
import type { Stored } from '../stored.ts';
import { alertOf } from './records.ts';

/** Open alerts that a page shows at once. */
const MAX_OPEN_SHOWN = 500;
const CLEARED_SHOWN = 20;

/** Open alerts by how bad they are. */
export interface OpenAlerts {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

export interface AlertRow {
  readonly seq: number;
  readonly body: string;
}

/** How many alerts are open, by how bad they are. */
export const storedOpenAlerts: Stored<OpenAlerts> = {
  queries: [{ sql: `SELECT severity, count(*) AS alerts FROM ops_alert WHERE state = 'raised' GROUP BY severity` }],
  of([rows = []]) {
    const counts = rows as readonly { readonly severity: Severity; readonly alerts: number }[];
    const of = (severity: Severity) => counts.find((row) => row.severity === severity)?.alerts ?? 0;
    return { critical: of('critical'), warning: of('warning'), info: of('info') };
  },
};

/** The open ones and the latest that were cleared, newest first. */
export const storedAlerts: Stored<readonly Alert[]> = {
  queries: [
    {
      sql: `SELECT seq, body FROM ops_alert WHERE id IN (
              SELECT id FROM (SELECT id FROM ops_alert WHERE state = 'raised' ORDER BY changed_seq DESC LIMIT ?)
              UNION ALL
              SELECT id FROM (SELECT id FROM ops_alert WHERE state = 'cleared' ORDER BY changed_seq DESC LIMIT ?))
            ORDER BY seq DESC`,
      params: [MAX_OPEN_SHOWN, CLEARED_SHOWN],
    },
  ],
  of: ([rows = []]) => alertsOfRows(rows as readonly AlertRow[]),
};

export interface AlertFilter {
  readonly state: 'open' | 'cleared' | 'all';
  readonly severity: Severity | undefined;
  /** Those raised before this position. */
  readonly before: number | undefined;
}

/** Newest first; rows of {@link AlertRow}. */
export function alertPage({ state, severity, before }: AlertFilter, limit: number): Query {
  const conditions = ['seq < ?'];
  const params: SqlValue[] = [before ?? Number.MAX_SAFE_INTEGER];
  if (state !== 'all') {
    conditions.push('state = ?');
    params.push(state === 'open' ? 'raised' : 'cleared');
  }
  if (severity !== undefined) {
    conditions.push('severity = ?');
    params.push(severity);
  }
  return {
    sql: `SELECT seq, body FROM ops_alert WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`,
    params: [...params, limit],
  };
}

/** The stored body of one; rows of {@link AlertRow}. */
export function alertById(id: string): Query {
  return { sql: 'SELECT seq, body FROM ops_alert WHERE id = ?', params: [id] };
}

/** Who has seen which of these; rows of {@link Acknowledgement}. */
export function acknowledgements(ids: readonly string[]): Query {
  return {
    sql: `SELECT id, body ->> 'acknowledged_at' AS acknowledged_at, body ->> 'acknowledged_by' AS acknowledged_by
          FROM ops_alert WHERE id IN (SELECT value FROM json_each(?)) AND body ->> 'acknowledged_at' IS NOT NULL`,
    params: [JSON.stringify(ids)],
  };
}

export type Acknowledgement = Pick<Alert, 'id' | 'acknowledged_at' | 'acknowledged_by'>;

export function alertsOfRows(rows: readonly AlertRow[]): Alert[] {
  return rows.map(({ body }) => alertOf(body));
}
