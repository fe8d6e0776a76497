import { join } from 'node:path';

/** The one file in a data folder that holds the log and everything derived from it. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'millrace.db');
}
