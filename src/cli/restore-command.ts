import { resolve } from 'node:path';
import type { Command } from 'commander';
import { restore } from '../engine/log/sqlite/restore.ts';
import { formatCursor } from '../protocol/cursor.ts';
import { databaseOf, dataFolderOption } from './data-folder.ts';
import { orFailure } from './failure.ts';

interface RestoreFlags {
  readonly dataDir?: string;
  readonly json?: true;
}

/** `millrace restore`: puts a backup in place of the log, and makes sure that every client notices. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('put a backup in place of the log; the server must not run')
    .argument('<file>', 'a file made by `millrace backup`, or a copy of millrace.db')
    .addOption(dataFolderOption())
    .option('--json', 'print an object with what was put in place')
    .addHelpText(
      'after',
      '\nThe file is checked first. The log gets a new epoch, so that every client loads its data anew.\n' +
        'The database of before is kept as millrace.db-replaced until the next restore.',
    )
    .action(restoreCommand);
}

function restoreCommand(name: string, { dataDir, json }: RestoreFlags): void {
  const path = databaseOf(dataDir);
  const { events, head, replaced } = orFailure(() => restore(resolve(name), path));
  const shown = { database: path, events, cursor: formatCursor(head), ...(replaced ? { replaced } : {}) };
  const kept = replaced ? `; the database of before is ${replaced}` : '';
  const words = `${path}: ${events.toLocaleString('en-US')} events, up to cursor ${shown.cursor}${kept}`;
  process.stdout.write(`${json ? JSON.stringify(shown) : words}\n`);
}
