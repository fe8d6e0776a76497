import { closeSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

/** Settles what was written to a file or, for a folder, which names it has, against a power loss. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Renames, and makes the new name survive a power loss. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncPath(dirname(to));
}

/** Does nothing when there is no such file. */
export function renameIfThere(from: string, to: string): void {
  if (existsSync(from)) renameDurably(from, to);
}
