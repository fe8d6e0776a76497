import type { Projection, ProjectionWriter } from '../../store/projection.ts';
import type { LogRecord } from '../log.ts';
import type { SqliteDatabase } from './database.ts';

/** Records applied per transaction while a projection is rebuilt. */
const REBUILD_CHUNK = 2_000;

/** All projections of one database, kept at the log's head. */
export class ProjectionSet {
  readonly #writers: readonly ProjectionWriter[];
  readonly #setPosition;

  private constructor(database: SqliteDatabase, writers: readonly ProjectionWriter[]) {
    this.#writers = writers;
    this.#setPosition = database.prepare('UPDATE projection SET position = ?');
  }

  /** Creates what is missing, rebuilds what has another version, and catches up with the log. */
  static open(database: SqliteDatabase, projections: readonly Projection[], trimmedSeq: number): ProjectionSet {
    const writers = projections.map((projection) => openOne(database, projection, trimmedSeq));
    return new ProjectionSet(database, writers);
  }

  /** Must run inside the transaction that appends `records`. */
  apply(records: readonly LogRecord[]): void {
    const last = records.at(-1);
    if (!last) return;
    for (const writer of this.#writers) writer.apply(records);
    this.#setPosition.run(last.seq);
  }

  /** Must run inside the transaction that deletes the records. */
  trim(through: number): void {
    for (const writer of this.#writers) writer.trim?.(through);
  }
}

function openOne(database: SqliteDatabase, projection: Projection, trimmedSeq: number): ProjectionWriter {
  const { name, version } = projection;
  const known = database
    .prepare('SELECT version, position FROM projection WHERE name = ?')
    .get<{ version: number; position: number }>(name);
  let position = known?.position ?? trimmedSeq;
  if (known?.version !== version) {
    position = trimmedSeq;
    database.transaction(() => {
      if (known) database.exec(projection.drop);
      database.exec(projection.create);
      database
        .prepare('INSERT INTO projection VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET version = ?2, position = ?3')
        .run(name, version, position);
    });
  }
  const writer = projection.open(database);
  catchUp(database, name, writer, position);
  return writer;
}

/** Resumes where a crash during a rebuild left off, because the position is committed with each chunk. */
function catchUp(database: SqliteDatabase, name: string, writer: ProjectionWriter, from: number): void {
  const next = database.prepare('SELECT * FROM log WHERE seq > ? ORDER BY seq LIMIT ?');
  const setPosition = database.prepare('UPDATE projection SET position = ? WHERE name = ?');
  let position = from;
  for (;;) {
    const records = next.all<LogRecord>(position, REBUILD_CHUNK);
    const last = records.at(-1);
    if (!last) return;
    database.transaction(() => {
      writer.apply(records);
      setPosition.run(last.seq, name);
    });
    position = last.seq;
  }
}
