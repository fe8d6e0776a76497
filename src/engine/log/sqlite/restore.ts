import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkLogFile, type LogFileFacts } from './check-log-file.ts';
import { acquireLock, openForWriting } from './database.ts';
import { renameDurably, renameIfThere, syncPath } from './durable-files.ts';
import { markPath } from './head-mark.ts';
import { Meta } from './meta.ts';

export interface Restored extends LogFileFacts {
  /** Where the database of before is kept; absent when there was none. */
  readonly replaced?: string;
}

/**
 * Makes a copy of `source` the log at `path`, under a new epoch, so that every cursor given out before is answered with a
 * reset. Throws, leaving everything as it was, while a server holds the log and when `source` is not a sound one.
 *
 * ```
 *  db                    copied, checked, new epoch         db-restored appears            names exchanged
 *  (the old log) ------------> db-restoring ------------------> (decided) ------------------> db, db-replaced
 *                 a crash here changes nothing                 a crash here is finished by the next start
 * ```
 */
export function restore(source: string, path: string): Restored {
  if (!existsSync(source)) throw new Error(`there is no file ${source}`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  using _lock = acquireLock(`${path}-lock`);
  using _source = lockSource(source, path);
  finishRestore(path);
  const { restoring, restored, replaced } = namesFor(path);
  remove(restoring);
  try {
    const facts = prepare(source, restoring);
    const hadDatabase = existsSync(path);
    remove(replaced);
    renameDurably(restoring, restored);
    finishRestore(path);
    return hadDatabase ? { ...facts, replaced } : facts;
  } finally {
    remove(restoring);
  }
}

/** Puts a restored log in place whose restoring was cut short. Whoever calls it holds the lock. */
export function finishRestore(path: string): void {
  const { restored, replaced } = namesFor(path);
  if (!existsSync(restored)) return;
  // It speaks of the log that goes.
  rmSync(markPath(path), { force: true });
  // The old write-ahead log must never meet the new file: SQLite would play it back into it.
  renameIfThere(`${path}-wal`, `${replaced}-wal`);
  rmSync(`${path}-shm`, { force: true });
  renameIfThere(path, replaced);
  renameDurably(restored, path);
}

function namesFor(path: string) {
  return { restoring: `${path}-restoring`, restored: `${path}-restored`, replaced: `${path}-replaced` };
}

/** A file that a server writes to cannot be copied in one piece. */
function lockSource(source: string, path: string): Disposable | undefined {
  const lock = `${source}-lock`;
  return existsSync(lock) && resolve(source) !== resolve(path) ? acquireLock(lock) : undefined;
}

function prepare(source: string, restoring: string): LogFileFacts {
  copyFileSync(source, restoring);
  // What a killed server left behind belongs to the file.
  if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${restoring}-wal`);
  chmodSync(restoring, 0o600);
  const facts = withNewEpoch(restoring);
  syncPath(restoring);
  return facts;
}

function withNewEpoch(path: string): LogFileFacts {
  using database = openForWriting(path);
  const { events, head } = checkLogFile(database);
  const epoch = database.transaction(() => new Meta(database).renewEpoch());
  // Everything into the one file: only that is renamed.
  database.exec('PRAGMA journal_mode = DELETE');
  return { events, head: { ...head, epoch } };
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}
