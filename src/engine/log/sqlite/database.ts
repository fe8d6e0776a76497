import { Database, SQLiteError, type Statement } from 'bun:sqlite';
import type { ProjectionDatabase, ProjectionStatement, SqlValue } from '../../store/projection.ts';

export interface SqliteStatement extends ProjectionStatement {
  /** Rows one by one, so that a reader can stop before a limit in bytes. */
  iterate<Row>(...values: SqlValue[]): IterableIterator<Row>;
}

/** The one place that knows which SQLite binding is used. */
export interface SqliteDatabase extends ProjectionDatabase, Disposable {
  prepare(sql: string): SqliteStatement;
  /** Runs `body` inside `BEGIN IMMEDIATE … COMMIT`; rolls back when it throws. */
  transaction<Result>(body: () => Result): Result;
  /** Runs `body` on one consistent state of the database. */
  readTransaction<Result>(body: () => Result): Result;
  pragma(name: string): string | number | undefined;
  close(): void;
}

/** Opens the connection that may write. Waits for nobody: there is one writer. */
export function openForWriting(path: string): SqliteDatabase {
  const database = new SqliteConnection(new Database(path, { create: true, readwrite: true }));
  database.exec('PRAGMA journal_mode = WAL');
  // Without FULL an acknowledged commit can be lost with the power (PROMISES, "Traps already measured").
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA cache_size = -65536');
  database.exec('PRAGMA temp_store = MEMORY');
  database.exec('PRAGMA wal_autocheckpoint = 4000');
  return database;
}

export function openForReading(path: string): SqliteDatabase {
  const database = new SqliteConnection(new Database(path, { readonly: true }));
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA cache_size = -32768');
  database.exec('PRAGMA mmap_size = 268435456');
  return database;
}

/** Holds an exclusive lock on `path` until disposed or the process ends; throws when another process holds it. */
export function acquireLock(path: string): Disposable {
  const database = new Database(path, { create: true, readwrite: true });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    const isHeld = cause instanceof SQLiteError && cause.code === 'SQLITE_BUSY';
    throw isHeld ? new Error(`${path} is held by another process`, { cause }) : cause;
  }
  return { [Symbol.dispose]: () => database.close() };
}

class SqliteConnection implements SqliteDatabase {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    return new BunStatement(this.#database.prepare(sql));
  }

  transaction<Result>(body: () => Result): Result {
    return this.#within('BEGIN IMMEDIATE', body);
  }

  readTransaction<Result>(body: () => Result): Result {
    return this.#within('BEGIN', body);
  }

  pragma(name: string): string | number | undefined {
    const row = this.#database.query<Record<string, string | number>, []>(`PRAGMA ${name}`).get();
    return row ? Object.values(row)[0] : undefined;
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #within<Result>(begin: string, body: () => Result): Result {
    this.#database.exec(begin);
    try {
      const result = body();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // After a full disk or an I/O error SQLite has rolled back by itself.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

class BunStatement implements SqliteStatement {
  readonly #statement: Statement;

  constructor(statement: Statement) {
    this.#statement = statement;
  }

  run(...values: SqlValue[]): void {
    this.#statement.run(...values);
  }

  get<Row>(...values: SqlValue[]): Row | undefined {
    return (this.#statement.get(...values) as Row | null) ?? undefined;
  }

  all<Row>(...values: SqlValue[]): Row[] {
    return this.#statement.all(...values) as Row[];
  }

  *iterate<Row>(...values: SqlValue[]): IterableIterator<Row> {
    yield* this.#statement.iterate(...values) as IterableIterator<Row>;
  }
}
