import type { Row, RowSet } from '../../engine/feed.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SqlValue } from '../../engine/store/projection.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import { MESSAGES_CHANNEL } from './events.ts';
import type { OwnerKind } from './owner-table.ts';
import { metricsMembers, summaryMembers, TOTALS_COLUMNS, type TotalsRow } from './summary-json.ts';
import { type SummaryRow, summaryColumns, userChannelsColumn } from './summary-query.ts';

/** One statement of a set of rows, and what its rows look like. */
export interface RowPart {
  query(after: number, limit: number): Query;
  encode(row: unknown): Row;
}

/** Names that are gone, which a page that shows messages is told of when it joins. */
const MAX_TOMBSTONES = 100;

export function rowSet(parts: readonly RowPart[], changedBy = isOfMessages): RowSet {
  return {
    queries: (after, limit) => parts.map((part) => part.query(after, limit)),
    encode: (results) => parts.flatMap((part, index) => (results[index] ?? []).map((row) => part.encode(row))),
    changedBy,
  };
}

export const metricsPart: RowPart = {
  query: (after) => ({ sql: `SELECT ${TOTALS_COLUMNS} FROM msg_total WHERE changed_seq > ?`, params: [after] }),
  encode: (row) => ({ type: 'metrics', text: `{"type":"metrics",${metricsMembers(row as TotalsRow)}}` }),
};

export interface OwnerPartOptions {
  /** Only the row of this name. Default: all. */
  readonly name?: string;
  /** A user with its channels. Default false. */
  readonly withChannels?: boolean;
}

/** The rows of channels or users that have messages, and of those that are gone. */
export function ownerParts(kind: OwnerKind, { name, withChannels = false }: OwnerPartOptions = {}): readonly RowPart[] {
  const isNamed = name === undefined ? '' : 'AND name = ?';
  const params: readonly SqlValue[] = name === undefined ? [] : [name];
  const more = withChannels ? `, ${userChannelsColumn('o.id')}` : '';
  const living: RowPart = {
    query: (after, limit) => ({
      sql: `SELECT ${summaryColumns(kind)}${more} FROM msg_${kind} AS o
        WHERE changed_seq > ? ${isNamed} ORDER BY changed_seq LIMIT ?`,
      params: [after, ...params, limit],
    }),
    encode: (row) => encodeLiving(kind, row as SummaryRow & { readonly channels?: string }),
  };
  return [living, gonePart(kind, { isNamed, params, more: withChannels ? ',"channels":[]' : '' })];
}

/** The names that went last, for pages on which their messages stand. */
export function latelyGonePart(kind: OwnerKind): RowPart {
  const part = gonePart(kind, { isNamed: '', params: [], more: '' });
  return { ...part, query: (after) => part.query(after, MAX_TOMBSTONES) };
}

interface GoneOptions {
  readonly isNamed: string;
  readonly params: readonly SqlValue[];
  readonly more: string;
}

function gonePart(kind: OwnerKind, { isNamed, params, more }: GoneOptions): RowPart {
  return {
    query: (after, limit) => ({
      sql: `SELECT name, history FROM msg_tombstone WHERE kind = '${kind}' AND seq > ? ${isNamed} ORDER BY seq DESC LIMIT ?`,
      params: [after, ...params, limit],
    }),
    encode: (row) => encodeGone(kind, row as GoneRow, more),
  };
}

interface GoneRow {
  readonly name: string;
  readonly history: string;
}

const NOTHING = { display_name: null, messages: 0, first_sent_at: null, last_sent_at: null, activity: '[]' };

function encodeGone(kind: OwnerKind, { name, history }: GoneRow, more: string): Row {
  const members = summaryMembers(kind, { ...NOTHING, name });
  return { type: kind, text: `{"type":"${kind}",${members}${more},"unavailable":"${history}"}` };
}

function encodeLiving(kind: OwnerKind, row: SummaryRow & { readonly channels?: string }): Row {
  const channels = row.channels === undefined ? '' : `,"channels":${row.channels}`;
  return { type: kind, text: `{"type":"${kind}",${summaryMembers(kind, row)}${channels}}` };
}

function isOfMessages({ channel }: LogRecord): boolean {
  return channel === MESSAGES_CHANNEL;
}
