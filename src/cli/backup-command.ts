import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { backUp } from '../engine/log/sqlite/backup.ts';
import { formatCursor } from '../protocol/cursor.ts';
import { databaseOf, dataFolderOption } from './data-folder.ts';
import { orFailure } from './failure.ts';

interface BackupFlags {
  readonly dataDir?: string;
  readonly json?: true;
}

/** `millrace backup`: the whole log in one file, taken while the server runs. */
export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('write the log to a new file while the server goes on; the file is checked')
    .argument('<file>', 'file to make; one that exists is never overwritten')
    .addOption(dataFolderOption())
    .option('--json', 'print an object with what the file holds')
    .action(backupCommand);
}

function backupCommand(name: string, { dataDir, json }: BackupFlags): void {
  const file = resolve(name);
  const { events, head } = orFailure(() => backUp(databaseOf(dataDir), file));
  const bytes = statSync(file).size;
  const shown = { file, bytes, events, cursor: formatCursor(head) };
  const words = `${file}: ${events.toLocaleString('en-US')} events, up to cursor ${shown.cursor}`;
  process.stdout.write(`${json ? JSON.stringify(shown) : words}\n`);
}
