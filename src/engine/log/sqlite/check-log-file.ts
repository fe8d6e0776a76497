import type { Cursor } from '../../../protocol/cursor.ts';
import type { LogRecord } from '../log.ts';
import { tagOf } from '../tag.ts';
import type { SqliteDatabase } from './database.ts';
import { Meta } from './meta.ts';
import { assertKnownSchema } from './migrations.ts';

export interface LogFileFacts {
  readonly events: number;
  /** The newest position; its epoch is the file's. */
  readonly head: Cursor;
}

/**
 * Reads through a whole log: the pages, the numbers, and every record against its tag. Throws an error of one line
 * for what is damaged, not a log, or written by a newer Millrace.
 */
export function checkLogFile(database: SqliteDatabase): LogFileFacts {
  assertSoundPages(database, 'integrity_check');
  assertKnownSchema(database);
  return database.readTransaction(() => {
    const meta = new Meta(database);
    let head: Pick<Cursor, 'seq' | 'tag'> = meta.trimmed();
    let events = 0;
    for (const record of database.prepare('SELECT * FROM log ORDER BY seq').iterate<LogRecord>()) {
      if (record.seq !== head.seq + 1) throw new Error(`the log is corrupt: event ${head.seq + 1} is missing`);
      assertUnchanged(record);
      head = record;
      events += 1;
    }
    return { events, head: { epoch: meta.knownEpoch(), seq: head.seq, tag: head.tag } };
  });
}

/** `quick_check` leaves out the comparison of indexes with their tables. */
export function assertSoundPages(database: SqliteDatabase, check: 'quick_check' | 'integrity_check'): void {
  const verdict = String(database.pragma(`${check}(1)`));
  if (verdict !== 'ok') throw new Error(`the database is corrupt: ${verdict.replaceAll('\n', ' ')}`);
}

/** Throws when a record is not the one that was committed: SQLite does not notice a changed letter, the tag does. */
export function assertUnchanged(record: LogRecord): void {
  if (record.tag !== tagOf(record)) throw new Error(`the log is corrupt: event ${record.seq} was changed`);
}
