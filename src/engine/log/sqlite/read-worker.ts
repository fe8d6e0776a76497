import { parentPort, workerData } from 'node:worker_threads';
import type { Query } from '../../store/snapshot.ts';
import type { LogRecord } from '../log.ts';
import { assertUnchanged } from './check-log-file.ts';
import { openForReading, type SqliteStatement } from './database.ts';
import { Meta } from './meta.ts';
import type { ReadAnswers, ReadJob, ReadReply, ReadRequest, ReadWorkerData } from './read-messages.ts';

/** Characters of bodies in one answer, at most; a single larger record still goes. */
const MAX_CHARACTERS = 1024 * 1024;
/** Prepared statements kept; a surface has a fixed, small set of them. */
const MAX_STATEMENTS = 200;

if (!parentPort) throw new Error('this file is a worker entry');
const port = parentPort;
const database = openForReading((workerData as ReadWorkerData).path);
const meta = new Meta(database);
const statements = new Map<string, SqliteStatement>();

port.on('message', ({ id, request }: ReadJob) => {
  let reply: ReadReply;
  try {
    reply = { id, answer: answer(request) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(reply);
});

function answer(request: ReadRequest): ReadAnswers[keyof ReadAnswers] {
  switch (request.kind) {
    case 'records':
      return readRecords(request.after, request.limit);
    case 'tag':
      return prepared('SELECT tag FROM log WHERE seq = ?').get<{ tag: string }>(request.seq)?.tag;
    case 'snapshot':
      return database.readTransaction(() => ({ position: head(), results: request.queries.map(rows) }));
    default:
      throw new TypeError(`unknown request ${String(request satisfies never)}`);
  }
}

function readRecords(after: number, limit: number): LogRecord[] {
  const records: LogRecord[] = [];
  let characters = 0;
  for (const record of prepared('SELECT * FROM log WHERE seq > ? ORDER BY seq LIMIT ?').iterate<LogRecord>(
    after,
    limit,
  )) {
    characters += record.body.length;
    if (records.length > 0 && characters > MAX_CHARACTERS) break;
    assertUnchanged(record);
    records.push(record);
  }
  return records;
}

function head(): { seq: number; tag: string } {
  const last = prepared('SELECT seq, tag FROM log ORDER BY seq DESC LIMIT 1').get<{ seq: number; tag: string }>();
  return last ?? meta.trimmed();
}

function rows({ sql, params = [] }: Query): unknown[] {
  return prepared(sql).all(...params);
}

function prepared(sql: string): SqliteStatement {
  let statement = statements.get(sql);
  if (!statement) {
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    statement = database.prepare(sql);
    statements.set(sql, statement);
  }
  return statement;
}
