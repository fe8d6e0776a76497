import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openForReading } from '../../engine/log/sqlite/database.ts';
import { databasePath } from '../../server/database-path.ts';
import { type CheckResult, fail, ok } from './check.ts';

/** Reads through the whole database; a running server doesn't mind. */
export function checkDatabase(folder: string): CheckResult {
  const name = 'database';
  const path = databasePath(resolve(folder));
  if (!existsSync(path)) return ok(name, `${path} will be made at the first start`);
  const advice =
    'stop the server, keep a copy of the folder, and put back a backup; Millrace never repairs by guessing';
  try {
    using database = openForReading(path);
    const verdict = database.pragma('quick_check');
    if (verdict !== 'ok') return fail(name, `${path}: ${verdict}`, advice);
    const events = database.prepare('SELECT count(*) AS events FROM log').get<{ events: number }>()?.events ?? 0;
    return ok(name, `${path} is sound, ${events.toLocaleString('en-US')} events`);
  } catch (error) {
    return fail(name, `${path}: ${error instanceof Error ? error.message : String(error)}`, advice);
  }
}
