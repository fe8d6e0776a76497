import { resolve } from 'node:path';
import { Option } from 'commander';
import { ConfigError, readConfig } from '../server/config.ts';
import { databasePath } from '../server/database-path.ts';
import { SETTINGS } from '../server/settings.ts';
import { CommandFailure } from './failure.ts';

const { variable } = SETTINGS.dataDir;

/** `--data-dir`, for commands that work on the files of a server. */
export function dataFolderOption(): Option {
  return new Option('--data-dir <folder>', `folder of the server's data [${variable}]`);
}

/** The database that a server with this flag, or without it with this environment, would open. */
export function databaseOf(dataDir: string | undefined): string {
  try {
    const { dataDir: folder } = readConfig({
      ...process.env,
      ...(dataDir === undefined ? {} : { [variable]: dataDir }),
    });
    return databasePath(resolve(folder));
  } catch (error) {
    throw error instanceof ConfigError ? new CommandFailure(error.message) : error;
  }
}
