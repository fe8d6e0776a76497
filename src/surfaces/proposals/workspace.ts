import type { LogRecord, NewEvent } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { type FileEntry, PROPOSAL_LIMITS } from './events.ts';
import { isId, type ProposalName, parseProposalId, proposalIdOf } from './ids.ts';
import { toLogEvent } from './records.ts';
import { Disk, type ListedFile } from './workspace/disk.ts';
import { type DiskFile, etagOf } from './workspace/disk-file.ts';
import { DiskScan } from './workspace/disk-scan.ts';
import { parseFilePath } from './workspace/file-path.ts';
import { assertWritable } from './workspace/guarded-fs.ts';
import { initProject } from './workspace/init-project.ts';
import { type ProposalText, skeletonFiles } from './workspace/proposal-text.ts';

/** Null removes the file. */
export interface FileEdit {
  readonly path: string;
  readonly content: string | null;
}

export interface WriteOptions {
  /** Who writes. */
  readonly by: string;
  /** What the files must be for anything to be written; null for one that must not be there. Others are not looked at. */
  readonly expectedEtags?: ReadonlyMap<string, string | null>;
  /** Throws to refuse; nothing of the project changes between it and the writing. */
  readonly check?: () => Promise<void>;
  /** Stored in the same append as the changes. */
  readonly also?: readonly NewEvent[];
}

export interface Written {
  /** One for each edit that left a file, in the order given. */
  readonly entries: readonly FileEntry[];
  readonly cursor: string;
}

interface Planned extends FileEdit {
  readonly before: DiskFile | undefined;
}

/**
 * The projects under the root. The disk is the truth for files; the log tells of their changes, keeps their versions,
 * and is the truth for everything else. What decides by reading takes the project's turn ({@link inTurn}).
 */
export class Workspace {
  readonly #context: SurfaceContext;
  readonly #disk: Disk | undefined;
  readonly #scan: DiskScan | undefined;

  /** `root`: a real path; undefined when no folder of projects is configured. */
  constructor(context: SurfaceContext, root: string | undefined) {
    this.#context = context;
    this.#disk = root === undefined ? undefined : new Disk(root);
    this.#scan = this.#disk && new DiskScan(context, this.#disk);
  }

  get root(): string | undefined {
    return this.#disk?.root;
  }

  async projects(): Promise<readonly string[]> {
    return (await this.#disk?.projects()) ?? [];
  }

  async hasProject(project: string): Promise<boolean> {
    return (await this.#disk?.hasProject(project)) ?? false;
  }

  /** Ids of a project's proposals. */
  async proposals(project: string): Promise<readonly string[]> {
    return ((await this.#disk?.changes(project)) ?? []).map((change) => proposalIdOf(project, change));
  }

  /** Throws `not_found` where there is no such proposal on disk. */
  async proposal(id: string): Promise<ProposalName> {
    const name = parseProposalId(id);
    if (name && (await this.#disk?.changeFolder(name)) !== undefined) return name;
    throw new MillraceError('not_found', 'there is no such proposal');
  }

  /** The folder that a project's programs run in; throws `not_found`. */
  async projectFolder(project: string): Promise<string> {
    const folder = await this.#disk?.projectFolder(project);
    if (folder !== undefined) return folder;
    throw new MillraceError('not_found', 'there is no such project');
  }

  async files(id: string): Promise<readonly ListedFile[]> {
    return this.#required().files(await this.proposal(id));
  }

  /** Throws `not_found`, or `invalid_request` for a path that is not allowed. */
  async readFile(id: string, path: string): Promise<DiskFile> {
    const file = await this.#required().read(await this.proposal(id), path);
    if (file) return file;
    throw new MillraceError('not_found', 'there is no such file');
  }

  /** Like {@link readFile}; undefined where there is no such file. */
  async findFile(id: string, path: string): Promise<DiskFile | undefined> {
    return this.#disk?.read(await this.proposal(id), path);
  }

  /**
   * Writes all of the edits or none. Throws `precondition_failed` where a file is not as expected, `conflict` for a name
   * that differs from another in case only. Takes the project's turn: never call it in one.
   */
  async writeFiles(id: string, edits: readonly FileEdit[], options: WriteOptions): Promise<Written> {
    const { project } = await this.proposal(id);
    return inTurn(this.#context, project, async () => {
      await options.check?.();
      return this.#write(id, edits, options);
    });
  }

  /** Sets up a project with the bundled OpenSpec CLI; throws `conflict` when the name is taken. */
  async createProject(project: string): Promise<void> {
    const disk = this.#required();
    if (!isId(project)) throw new MillraceError('invalid_request', 'a project is named by a-z, 0-9 and -');
    await inTurn(this.#context, project, async () => {
      const folder = await assertWritable(disk.makeProject(project));
      if (folder === undefined) throw new MillraceError('conflict', 'something of this name is there already');
      try {
        await initProject(folder);
      } catch (error) {
        await disk.unmakeProject(project);
        throw error;
      }
    });
  }

  /** Makes a change with the files a proposal begins with; throws `conflict` when the name is taken. */
  async createProposal(name: ProposalName, text: ProposalText, options: WriteOptions): Promise<Written> {
    const disk = this.#required();
    const id = proposalIdOf(name.project, name.change);
    return inTurn(this.#context, name.project, async () => {
      await options.check?.();
      if (!(await assertWritable(disk.makeChange(name))))
        throw new MillraceError('conflict', 'a change of this name is there already');
      try {
        const edits = [...skeletonFiles(name.change, text)].map(([path, content]) => ({ path, content }));
        const created = toLogEvent({ type: 'proposal_created', proposal_id: id, actor: options.by, title: text.title });
        return await this.#write(id, edits, { ...options, also: [created, ...(options.also ?? [])] });
      } catch (error) {
        await disk.unmakeChange(name);
        throw error;
      }
    });
  }

  /** Looks for what others changed on disk since the last look, in these projects or in all, and puts it into the log. */
  async scan(changed?: ReadonlySet<string>): Promise<void> {
    const projects = await this.projects();
    for (const project of changed ? projects.filter((id) => changed.has(id)) : projects) {
      await inTurn(this.#context, project, async () => this.#scan?.look(project));
    }
  }

  async #write(
    id: string,
    edits: readonly FileEdit[],
    { by, expectedEtags, also = [] }: WriteOptions,
  ): Promise<Written> {
    const disk = this.#required();
    const name = await this.proposal(id);
    const planned = await this.#plan(name, edits, expectedEtags);
    const changed = planned.filter(({ content, before }) => content !== (before ? before.content : null));
    const done: Planned[] = [];
    try {
      for (const edit of changed) {
        done.push(edit);
        await put(disk, name, edit);
      }
      const events = changed.map((edit) => fileChanged(id, edit, by));
      // Also events come first: a proposal is created before its files are.
      const { records } = await this.#append([...also, ...events]);
      this.#scan?.knows(id, changed);
      const last = records.at(-1);
      return {
        entries: planned.flatMap((edit) => entryOf(edit, { by, at: last?.at ?? this.#context.clock.now() })),
        cursor: this.#cursorOf(last),
      };
    } catch (error) {
      await this.#undo(name, done);
      throw error;
    }
  }

  async #append(events: readonly NewEvent[]) {
    return events.length === 0 ? { records: [] } : this.#context.log.append(events);
  }

  async #plan(
    name: ProposalName,
    edits: readonly FileEdit[],
    expectedEtags: ReadonlyMap<string, string | null> = new Map(),
  ): Promise<readonly Planned[]> {
    const disk = this.#required();
    const planned: Planned[] = [];
    for (const edit of edits) {
      parseFilePath(edit.path);
      const bytes = Buffer.byteLength(edit.content ?? '');
      if (bytes > PROPOSAL_LIMITS.fileBytes) throw tooLarge();
      const before = await disk.read(name, edit.path);
      const expected = expectedEtags.get(edit.path);
      if (expected !== undefined && expected !== (before?.etag ?? null))
        throw changedMeanwhile(edit.path, before?.etag);
      if (before && before.content === undefined) {
        throw new MillraceError('conflict', `${edit.path} is no text, or is too long: change it on disk`);
      }
      if (!before && edit.content !== null && (await disk.hasTwin(name, edit.path))) {
        throw new MillraceError('conflict', `${edit.path} differs in case only from what is there already`);
      }
      planned.push({ ...edit, before });
    }
    const added = planned.filter(({ before, content }) => !before && content !== null).length;
    if (added > 0 && (await disk.files(name)).length + added > PROPOSAL_LIMITS.files) {
      throw new MillraceError('conflict', `a change may have at most ${PROPOSAL_LIMITS.files} files`);
    }
    return planned;
  }

  /** Puts back what was there. */
  async #undo(name: ProposalName, done: readonly Planned[]): Promise<void> {
    for (const { path, before } of [...done].reverse()) {
      try {
        await put(this.#required(), name, { path, content: before?.content ?? null });
      } catch (error) {
        const { logger } = this.#context;
        logger.error({ err: error, proposal: proposalIdOf(name.project, name.change) }, 'a file could not be put back');
      }
    }
  }

  #cursorOf(record: LogRecord | undefined): string {
    const { log } = this.#context;
    const cursor: Cursor = record ? { epoch: log.epoch, seq: record.seq, tag: record.tag } : log.head();
    return formatCursor(cursor);
  }

  #required(): Disk {
    if (this.#disk) return this.#disk;
    throw new MillraceError('unavailable', 'there is no folder of projects: set MILLRACE_PROJECTS_ROOT');
  }
}

/** Decisions about one project take turns, whatever they are about: two at once can't both win. */
export function inTurn<Result>(
  { turns }: Pick<SurfaceContext, 'turns'>,
  project: string,
  action: () => Promise<Result>,
): Promise<Result> {
  return turns.take(`proposals ${project}`, action);
}

function put(disk: Disk, name: ProposalName, { path, content }: FileEdit): Promise<void> {
  return assertWritable(content === null ? disk.remove(name, path) : disk.write(name, path, content));
}

function fileChanged(id: string, { path, content }: FileEdit, actor: string): NewEvent {
  const shared = { type: 'file_changed', proposal_id: id, actor, path } as const;
  if (content === null) return toLogEvent({ ...shared, etag: null });
  const bytes = Buffer.from(content);
  return toLogEvent({ ...shared, etag: etagOf(bytes) }, { bytes: bytes.byteLength, content });
}

function entryOf({ path, content }: Planned, { by, at }: { readonly by: string; readonly at: number }): FileEntry[] {
  if (content === null) return [];
  const bytes = Buffer.from(content);
  const changed_at = new Date(at).toISOString();
  return [{ path, bytes: bytes.byteLength, etag: etagOf(bytes), changed_by: by, changed_at }];
}

function changedMeanwhile(path: string, etag: string | undefined): MillraceError {
  const message = `${path} is no longer what it was when it was read: read it again`;
  return new MillraceError('precondition_failed', message, { details: { path, etag: etag ?? null } });
}

function tooLarge(): MillraceError {
  return new MillraceError('payload_too_large', `a file may have at most ${PROPOSAL_LIMITS.fileBytes} bytes`, {
    details: { maxBytes: PROPOSAL_LIMITS.fileBytes },
  });
}
