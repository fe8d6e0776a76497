import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkLogFile, type LogFileFacts } from './check-log-file.ts';
import { openForReading } from './database.ts';
import { syncPath } from './durable-files.ts';

/**
 * Writes the log at `path`, as it is at this moment, to the new file `target`, which is checked and on disk when this
 * returns. A server may go on writing meanwhile. Throws, leaving nothing behind, when `target` exists or is no place to
 * write, and when the log is corrupt.
 */
export function backUp(path: string, target: string): LogFileFacts {
  if (!existsSync(path)) throw new Error(`there is no database ${path}`);
  // Made before anything is written to it, so that of two backups to one name one is refused.
  claim(target);
  const partial = `${target}.partial`;
  try {
    claim(partial);
    try {
      const facts = copyTo(path, partial);
      renameSync(partial, target);
      syncPath(dirname(target));
      return facts;
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
}

/** Closed to other users: it holds all that anybody ever sent. */
function claim(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw isThere ? new Error(`${path} exists already and is left as it is`, { cause }) : cause;
  }
}

function copyTo(path: string, target: string): LogFileFacts {
  {
    using live = openForReading(path);
    live.prepare('VACUUM INTO ?').run(target);
  }
  syncPath(target);
  using copy = openForReading(target);
  return checkLogFile(copy);
}
