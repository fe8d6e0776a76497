import { existsSync, statSync } from 'node:fs';
import { formatCursor } from '../../../protocol/cursor.ts';
import type { LogRecord } from '../log.ts';
import { assertSoundPages, assertUnchanged } from './check-log-file.ts';
import { openForReading, type SqliteDatabase } from './database.ts';
import { type MarkedHead, readMark } from './head-mark.ts';
import { Meta } from './meta.ts';
import { schemaVersion } from './migrations.ts';

/** Newest records compared with their tags; older ones are when they are read. */
const COMPARED = 4_096;
const ADVICE = 'keep a copy of the folder and put a backup back with `millrace restore`';

/**
 * Throws an error of one line unless the files at `path` hold, undamaged, what was acknowledged; without files it is a new
 * log. It only reads: what it refuses stays as it is, for whoever wants to rescue it. SQLite alone would begin a new
 * log where the file is gone, and drop whatever follows a damage of the write-ahead log.
 */
export function assertIntact(path: string): void {
  const mark = readMark(path);
  if (sizeOf(path) === 0) {
    if (mark && mark.head.seq > 0) {
      throw new Error(`it is missing or empty, although events up to ${mark.head.seq} were acknowledged; ${ADVICE}`);
    }
    if (sizeOf(`${path}-wal`) > 0) throw new Error(`it is missing or empty, and its write-ahead log is not; ${ADVICE}`);
    return;
  }
  // The very first start was cut short: whoever opens for writing rolls it back, and nobody was answered yet.
  if (!mark && existsSync(`${path}-journal`)) return;
  using database = openForReading(path);
  assertSoundPages(database, 'quick_check');
  if (schemaVersion(database) > 0) database.readTransaction(() => assertComplete(database, mark));
  else if (mark && mark.head.seq > 0) throw lost(mark, 0);
}

function assertComplete(database: SqliteDatabase, mark: MarkedHead | undefined): void {
  const meta = new Meta(database);
  const trimmed = meta.trimmed();
  const { last, count } = database
    .prepare('SELECT coalesce(max(seq), ?) AS last, count(*) AS count FROM log')
    .get<{ last: number; count: number }>(trimmed.seq) ?? { last: trimmed.seq, count: 0 };
  if (last - trimmed.seq !== count) {
    throw new Error(`the log is corrupt: ${last - trimmed.seq - count} of its events are missing; ${ADVICE}`);
  }
  const newest = database.prepare('SELECT * FROM log WHERE seq > ? ORDER BY seq');
  for (const record of newest.iterate<LogRecord>(last - COMPARED)) assertUnchanged(record);
  // A log that was closed in good order may be replaced by a copy: then the tags of cursors tell (PROTOCOL.md R3).
  if (!mark || mark.isClosed) return;
  const { head } = mark;
  const known = database.prepare('SELECT tag FROM log WHERE seq = ?').get<{ tag: string }>(head.seq);
  const isThere = head.seq <= trimmed.seq || known?.tag === head.tag;
  if (isThere && meta.knownEpoch() === head.epoch) return;
  throw lost(mark, last);
}

function lost({ head }: MarkedHead, end: number): Error {
  return new Error(
    `events up to ${head.seq} were acknowledged (${formatCursor(head)}) and are not all there, it ends at ${end}: the ` +
      `write-ahead log is damaged or missing, or another file was put in its place; ${ADVICE}`,
  );
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
