import { randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../../../protocol/errors.ts';

const FILE_MODE = 0o644;
/** The names of files that {@link replaceFile} writes before they get their own. */
const TEMPORARY = /^\.millrace-[0-9a-f]{16}\.tmp$/;
/** A pipe that nobody writes to must not hold up whoever opens it. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A folder under `root`, reached through real folders only; undefined where a part is missing, a link or no folder. */
export async function findFolder(root: string, parts: readonly string[]): Promise<string | undefined> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    const found = await lstatOf(path);
    if (!found?.isDirectory()) return undefined;
  }
  // A part may have been exchanged for a link since it was looked at.
  return (await realpath(path).catch(() => undefined)) === path ? path : undefined;
}

/** Like {@link findFolder}, and makes what is missing; throws `invalid_request` where something else is in the way. */
export async function makeFolder(root: string, parts: readonly string[]): Promise<string> {
  for (let count = 1; count <= parts.length; count += 1) {
    const path = join(root, ...parts.slice(0, count));
    await mkdir(path).catch(ignore('EEXIST'));
  }
  const folder = await findFolder(root, parts);
  if (folder !== undefined) return folder;
  throw new MillraceError('invalid_request', `${parts.join('/')} is not a folder: a link or a file is in its place`);
}

/** A plain file of a folder, opened for reading; undefined for anything else. */
export async function openPlain(folder: string, name: string): Promise<FileHandle | undefined> {
  const path = join(folder, name);
  const found = await lstatOf(path);
  if (!found?.isFile()) return undefined;
  const file = await open(path, READ_FLAGS).catch(ignore('ENOENT', 'ELOOP', 'ENXIO'));
  if (!file) return undefined;
  const opened = await file.stat({ bigint: true });
  if (opened.isFile() && opened.ino === found.ino && (await realpath(folder)) === folder) return file;
  await file.close();
  return undefined;
}

/**
 * Puts a file in place, whole or not at all, also when the power fails: a file beside it is written, flushed and
 * renamed. What readers have open stays as it was.
 */
export async function replaceFile(folder: string, name: string, content: Uint8Array): Promise<void> {
  await assertNoOther(folder, name);
  const temporary = join(folder, `.millrace-${randomBytes(8).toString('hex')}.tmp`);
  const file = await open(temporary, CREATE_FLAGS, FILE_MODE);
  try {
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if ((await realpath(folder)) !== folder) throw inTheWay(name);
    await rename(temporary, join(folder, name));
  } catch (error) {
    await unlink(temporary).catch(ignore('ENOENT'));
    throw error;
  }
  await flushFolder(folder);
}

/**
 * Removes from a folder what {@link replaceFile} left there when its process was killed. Nobody may be writing in it. What
 * cannot be removed stays: it is hidden, and in nobody's way.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || !TEMPORARY.test(entry.name)) continue;
    await unlink(join(folder, entry.name)).catch(ignore('ENOENT', 'EACCES', 'EPERM', 'EROFS'));
  }
}

/** Removes a plain file. */
export async function removeFile(folder: string, name: string): Promise<void> {
  await assertNoOther(folder, name);
  await unlink(join(folder, name)).catch(ignore('ENOENT'));
  await flushFolder(folder);
}

/** Names in a folder that differ from this one in case only: the same file on other systems. */
export async function differsInCase(folder: string, name: string): Promise<boolean> {
  const lower = name.toLowerCase();
  return (await readdir(folder)).some((other) => other !== name && other.toLowerCase() === lower);
}

export async function lstatOf(path: string): Promise<BigIntStats | undefined> {
  return lstat(path, { bigint: true }).catch(ignore('ENOENT', 'ENOTDIR', 'ENAMETOOLONG'));
}

/** Throws `unavailable` where the disk is full, read-only or not the server's to write. */
export async function assertWritable<Result>(writing: Promise<Result>): Promise<Result> {
  try {
    return await writing;
  } catch (error) {
    const isRefused = error instanceof Error && 'code' in error && REFUSALS.has(String(error.code));
    if (!isRefused) throw error;
    throw new MillraceError('unavailable', 'the disk takes no change of the projects', { cause: error });
  }
}

const REFUSALS: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'EMFILE',
  'ENFILE',
]);

async function assertNoOther(folder: string, name: string): Promise<void> {
  const found = await lstatOf(join(folder, name));
  if (found && !found.isFile()) throw inTheWay(name);
}

function inTheWay(name: string): MillraceError {
  return new MillraceError('invalid_request', `${name} is no plain file: a link or a folder is in its place`);
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A handler of rejections that lets these codes pass as undefined. */
function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return undefined;
    throw error;
  };
}
