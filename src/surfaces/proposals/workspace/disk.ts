import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROPOSAL_LIMITS } from '../events.ts';
import { isChangeName, isId, type ProposalName } from '../ids.ts';
import { type DiskFile, readDiskFile } from './disk-file.ts';
import { isFileName, parseFilePath } from './file-path.ts';
import {
  differsInCase,
  findFolder,
  lstatOf,
  makeFolder,
  openPlain,
  removeFile,
  removeLeftovers,
  replaceFile,
} from './guarded-fs.ts';

/** More projects, or changes of one project, are not listed. */
const MAX_LISTED = 1_000;
const MAX_DEPTH = 8;
/** Files whose hash is remembered, so that looking again costs no reading. */
const MAX_REMEMBERED = 20_000;
/** A file that was changed this recently can be changed again without a trace in its times. */
const UNSETTLED_MS = 2_000;

/** A file of a change, without its content. */
export type ListedFile = Omit<DiskFile, 'content'> & { readonly path: string };

/** Everything under the root: the one place that touches it. It knows no log and no people. */
export class Disk {
  readonly #root: string;
  readonly #remembered = new Map<string, { readonly stamp: string; readonly file: ListedFile }>();

  /** `root` must be a real path. */
  constructor(root: string) {
    this.#root = root;
  }

  get root(): string {
    return this.#root;
  }

  async projects(): Promise<readonly string[]> {
    const names = await foldersIn(this.#root, isId);
    const found = await Promise.all(names.map(async (name) => ({ name, isOne: await this.hasProject(name) })));
    return found.filter(({ isOne }) => isOne).map(({ name }) => name);
  }

  async hasProject(project: string): Promise<boolean> {
    return isId(project) && (await findFolder(this.#root, [project, 'openspec'])) !== undefined;
  }

  async changes(project: string): Promise<readonly string[]> {
    const folder = await findFolder(this.#root, [project, 'openspec', 'changes']);
    return folder === undefined ? [] : foldersIn(folder, isChangeName);
  }

  /** The folder of a change; undefined when there is none. */
  async changeFolder({ project, change }: ProposalName): Promise<string | undefined> {
    return findFolder(this.#root, changeParts({ project, change }));
  }

  /** The folder of a project, where its programs run; undefined when there is none. */
  async projectFolder(project: string): Promise<string | undefined> {
    return (await this.hasProject(project)) ? join(this.#root, project) : undefined;
  }

  /** By path; at most `PROPOSAL_LIMITS.files`. */
  async files(name: ProposalName): Promise<readonly ListedFile[]> {
    const found: ListedFile[] = [];
    await this.#walk(name, [], found);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(name: ProposalName, path: string): Promise<DiskFile | undefined> {
    const parts = parseFilePath(path);
    const folder = await findFolder(this.#root, [...changeParts(name), ...parts.slice(0, -1)]);
    const file = folder === undefined ? undefined : await openPlain(folder, parts.at(-1) ?? '');
    if (!file) return undefined;
    try {
      return await readDiskFile(file);
    } finally {
      await file.close();
    }
  }

  /** Whether another file or folder would be the same on a file system that doesn't tell case apart. */
  async hasTwin(name: ProposalName, path: string): Promise<boolean> {
    const parts = parseFilePath(path);
    for (const [index, part] of parts.entries()) {
      const folder = await findFolder(this.#root, [...changeParts(name), ...parts.slice(0, index)]);
      if (folder === undefined) return false;
      if (await differsInCase(folder, part)) return true;
    }
    return false;
  }

  async write(name: ProposalName, path: string, content: string): Promise<void> {
    const parts = parseFilePath(path);
    const folder = await makeFolder(this.#root, [...changeParts(name), ...parts.slice(0, -1)]);
    await replaceFile(folder, parts.at(-1) ?? '', Buffer.from(content));
  }

  async remove(name: ProposalName, path: string): Promise<void> {
    const parts = parseFilePath(path);
    const folder = await findFolder(this.#root, [...changeParts(name), ...parts.slice(0, -1)]);
    if (folder !== undefined) await removeFile(folder, parts.at(-1) ?? '');
  }

  /** Removes what a server left in a change that ended in the middle of a write. Must run in the project's turn. */
  async tidy(name: ProposalName): Promise<void> {
    await this.#tidy(name, []);
  }

  /** Makes the folder of a new project; undefined when something of this name is there. */
  async makeProject(project: string): Promise<string | undefined> {
    const folder = join(this.#root, project);
    if (!(await isMade(folder))) return undefined;
    return folder;
  }

  /** Removes the folder of a project that could not be set up. */
  async unmakeProject(project: string): Promise<void> {
    if (isId(project)) await rm(join(this.#root, project), { recursive: true, force: true });
  }

  /** Makes the folder of a new change; false when something of this name is there. */
  async makeChange(name: ProposalName): Promise<boolean> {
    const folder = await makeFolder(this.#root, changeParts(name).slice(0, -1));
    return isMade(join(folder, name.change));
  }

  async unmakeChange(name: ProposalName): Promise<void> {
    const folder = await this.changeFolder(name);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #tidy(name: ProposalName, below: readonly string[]): Promise<void> {
    const folder = await findFolder(this.#root, [...changeParts(name), ...below]);
    if (folder === undefined) return;
    await removeLeftovers(folder);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const parts = [...below, entry.name];
      if (entry.isDirectory() && isFileName(entry.name) && parts.length < MAX_DEPTH) await this.#tidy(name, parts);
    }
  }

  async #walk(name: ProposalName, below: readonly string[], found: ListedFile[]): Promise<void> {
    const folder = await findFolder(this.#root, [...changeParts(name), ...below]);
    if (folder === undefined) return;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (found.length >= PROPOSAL_LIMITS.files) return;
      if (!isFileName(entry.name)) continue;
      const parts = [...below, entry.name];
      if (entry.isDirectory() && parts.length < MAX_DEPTH) await this.#walk(name, parts, found);
      if (!entry.isFile()) continue;
      const file = await this.#list(name, folder, parts.join('/'));
      if (file) found.push(file);
    }
  }

  async #list(name: ProposalName, folder: string, path: string): Promise<ListedFile | undefined> {
    const key = join(folder, path.slice(path.lastIndexOf('/') + 1));
    const stat = await lstatOf(key);
    if (!stat) return undefined;
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    const remembered = this.#remembered.get(key);
    if (remembered?.stamp === stamp) return remembered.file;
    const read = await this.read(name, path);
    if (!read) return undefined;
    const { content: _, ...members } = read;
    const file = { path, ...members };
    const isSettled = Date.now() - Number(stat.ctimeNs / 1_000_000n) > UNSETTLED_MS;
    if (isSettled) this.#remember(key, { stamp, file });
    return file;
  }

  #remember(key: string, entry: { readonly stamp: string; readonly file: ListedFile }): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, entry);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function changeParts({ project, change }: ProposalName): readonly string[] {
  return [project, 'openspec', 'changes', change];
}

async function foldersIn(folder: string, isShown: (name: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && isShown(entry.name)).map(({ name }) => name);
  return names.sort().slice(0, MAX_LISTED);
}

async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
