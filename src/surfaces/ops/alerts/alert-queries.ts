import type { SqlValue } from '../../../engine/store/projection.ts';
import type { Query } from '../../../engine/store/snapshot.ts';
import type { Alert, Severity } from '../events.ts';
import { alertOf } from './records.ts';

/** Open alerts that a page shows at once. */
const MAX_OPEN_SHOWN = 500;

export interface AlertRow {
  readonly seq: number;
  readonly body: string;
}

export interface OpenCountsRow {
  readonly open: number;
  readonly critical: number;
  readonly warning: number;
}

/** How many alerts are open, and how many of them are critical and warnings; rows of {@link OpenCountsRow}. */
export const OPEN_COUNTS: Query = {
  sql: `SELECT count(*) AS open, coalesce(sum(severity = 'critical'), 0) AS critical,
          coalesce(sum(severity = 'warning'), 0) AS warning
        FROM ops_alert WHERE state = 'raised'`,
};

/** The open ones and the latest `cleared` that are not, newest first; rows of {@link AlertRow}. */
export function shownAlerts(cleared: number): Query {
  return {
    sql: `SELECT seq, body FROM ops_alert WHERE id IN (
            SELECT id FROM (SELECT id FROM ops_alert WHERE state = 'raised' ORDER BY changed_seq DESC LIMIT ?)
            UNION ALL
            SELECT id FROM (SELECT id FROM ops_alert WHERE state = 'cleared' ORDER BY changed_seq DESC LIMIT ?))
          ORDER BY seq DESC`,
    params: [MAX_OPEN_SHOWN, cleared],
  };
}

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
