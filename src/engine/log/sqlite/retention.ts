import type { Cursor } from '../../../protocol/cursor.ts';
import type { SqliteDatabase } from './database.ts';

/** How much history is kept; whichever limit is reached first trims. */
export interface RetentionLimits {
  /** Oldest age in milliseconds. */
  readonly maxAgeMs: number;
  readonly maxEvents: number;
  /** Bytes in use in the database file, free pages not counted. */
  readonly maxBytes: number;
}

export interface RetentionState {
  readonly limits: RetentionLimits;
  readonly now: number;
  readonly headSeq: number;
  readonly trimmedSeq: number;
}

/** Records removed per transaction: small, because appends wait for it. */
const STEP = 500;

/** The record through which the next step may trim, or `undefined` when everything may stay. */
export function retentionStep(
  database: SqliteDatabase,
  state: RetentionState,
): Pick<Cursor, 'seq' | 'tag'> | undefined {
  const { limits, now, headSeq, trimmedSeq } = state;
  const surplus = isOverSize(database, limits.maxBytes) ? STEP : headSeq - trimmedSeq - limits.maxEvents;
  const byCount = trimmedSeq + Math.min(STEP, Math.max(0, surplus));
  const byAge = lastOlderThan(database, now - limits.maxAgeMs, trimmedSeq);
  const through = Math.min(headSeq, Math.max(byCount, byAge));
  if (through <= trimmedSeq) return undefined;
  return database.prepare('SELECT seq, tag FROM log WHERE seq = ?').get<{ seq: number; tag: string }>(through);
}

/** Walks from the oldest record on, because the wall clock may have jumped: only an unbroken run of old ones goes. */
function lastOlderThan(database: SqliteDatabase, cutoff: number, trimmedSeq: number): number {
  const oldest = database
    .prepare('SELECT seq, at FROM log WHERE seq > ? ORDER BY seq LIMIT ?')
    .all<{ seq: number; at: number }>(trimmedSeq, STEP);
  const firstKept = oldest.findIndex((record) => record.at >= cutoff);
  const old = firstKept < 0 ? oldest : oldest.slice(0, firstKept);
  return old.at(-1)?.seq ?? trimmedSeq;
}

function isOverSize(database: SqliteDatabase, maxBytes: number): boolean {
  const pages = Number(database.pragma('page_count')) - Number(database.pragma('freelist_count'));
  return pages * Number(database.pragma('page_size')) > maxBytes;
}
