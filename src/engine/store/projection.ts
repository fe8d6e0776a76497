import type { LogRecord } from '../log/log.ts';

/** A value SQLite can store. */
export type SqlValue = string | number | bigint | null;

/** The part of a database connection that a projection uses; all statements run inside the append's transaction. */
export interface ProjectionDatabase {
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** A prepared statement, kept for the life of the connection. */
  prepare(sql: string): ProjectionStatement;
}

export interface ProjectionStatement {
  run(...values: SqlValue[]): void;
  get<Row>(...values: SqlValue[]): Row | undefined;
  all<Row>(...values: SqlValue[]): Row[];
}

/** Tables derived from the log and kept exact by updating them in the transaction that appends. */
export interface Projection {
  readonly name: string;
  /** Bump it when the tables or their meaning change: they are dropped and rebuilt from the log at the next start. */
  readonly version: number;
  /** SQL that creates the tables. */
  readonly create: string;
  /** SQL that drops them. */
  readonly drop: string;
  open(database: ProjectionDatabase): ProjectionWriter;
}

export interface ProjectionWriter {
  /** Applies newly committed records, oldest first; records of other surfaces are among them. */
  apply(records: readonly LogRecord[]): void;
  /** Retention removed every record with `seq <= through`. */
  trim?(through: number): void;
}
