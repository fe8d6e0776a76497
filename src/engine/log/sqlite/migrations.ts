import type { SqliteDatabase } from './database.ts';

/** Applied in order; the number of applied ones is kept in `user_version`. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE log (
     seq INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     type TEXT NOT NULL,
     channel TEXT NOT NULL,
     body TEXT NOT NULL,
     tag TEXT NOT NULL
   ) STRICT;
   CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE idempotency (
     key TEXT PRIMARY KEY,
     digest TEXT NOT NULL,
     first_seq INTEGER NOT NULL,
     last_seq INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX idempotency_by_seq ON idempotency (last_seq);
   CREATE TABLE projection (
     name TEXT PRIMARY KEY,
     version INTEGER NOT NULL,
     position INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

/** Brings the schema up to date; throws when the file was written by a newer Millrace. */
export function migrate(database: SqliteDatabase): void {
  const current = schemaVersion(database);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < current) continue;
    database.transaction(() => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** Throws unless the file is a log, of this Millrace or an older one. */
export function assertKnownSchema(database: SqliteDatabase): void {
  if (schemaVersion(database) < 1) throw new Error('the database has no schema version: it is not a log of Millrace');
}

/** 0 for a file that nothing was written to yet; throws when it was written by a newer Millrace. */
export function schemaVersion(database: SqliteDatabase): number {
  const version = Number(database.pragma('user_version') ?? 0);
  if (version <= MIGRATIONS.length) return version;
  throw new Error(`the database has schema version ${version}, this Millrace knows ${MIGRATIONS.length}: upgrade it`);
}
