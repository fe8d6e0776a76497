import { isMember, type Principal } from '../../engine/auth/principal.ts';
import type { Query } from '../../engine/store/snapshot.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { allowedStatuses, hindrancesOf, isInAudience, type ProposalState } from './access.ts';
import type {
  Comment,
  FileContent,
  FileEntry,
  Lock,
  Project,
  ProjectDetail,
  ProposalDetail,
  ProposalStatus,
  ProposalSummary,
} from './events.ts';
import { isId, parseProposalId } from './ids.ts';
import type { RunReads } from './run-reads.ts';
import type { ListedFile } from './workspace/disk.ts';
import { countTasks, titleOf } from './workspace/proposal-text.ts';
import type { Workspace } from './workspace.ts';

interface ProposalRow {
  readonly id: string;
  readonly author: string | null;
  readonly status: ProposalStatus;
  readonly reviewers: string;
  readonly updated_at: number;
}

interface FileRow {
  readonly path: string;
  readonly etag: string | null;
  readonly changed_by: string | null;
  readonly changed_at: number;
}

interface VersionRow {
  readonly seq: number;
  readonly etag: string;
  readonly changed_by: string | null;
  readonly changed_at: number;
}

export interface ProposalReadsOptions {
  readonly context: SurfaceContext;
  readonly workspace: Workspace;
  readonly runs: RunReads;
}

/** What the log knew of some proposals at one position. */
interface Known {
  readonly cursor: Cursor;
  readonly proposals: ReadonlyMap<string, ProposalRow>;
  readonly openComments: ReadonlyMap<string, number>;
  readonly lock: Lock | null;
  readonly runResults: readonly (readonly unknown[])[];
}

const VERSIONS_SHOWN = 200;

/** Answers of the API: the log's snapshot, then the disk, so that the feed goes on from the cursor without a gap. */
export class ProposalReads {
  readonly #context: SurfaceContext;
  readonly #workspace: Workspace;
  readonly #runs: RunReads;

  constructor({ context, workspace, runs }: ProposalReadsOptions) {
    this.#context = context;
    this.#workspace = workspace;
    this.#runs = runs;
  }

  async projects(principal: Principal): Promise<{ projects: readonly Project[]; cursor: string }> {
    const { snapshots, clock } = this.#context;
    const { cursor, results } = await snapshots.snapshot<[Lock & { project: string }]>([
      { sql: 'SELECT project, holder, since, expires_at FROM prop_lock' },
    ]);
    const locks = new Map(results[0].map(({ project, ...lock }) => [project, inForce(lock, clock.now())]));
    const ids = (await this.#workspace.projects()).filter((id) => isMember(principal, id));
    const projects: Project[] = [];
    for (const id of ids) {
      const proposals = (await this.#workspace.proposals(id)).length;
      projects.push({ id, proposals, lock: locks.get(id) ?? null, connected: this.#connected(id) });
    }
    return { projects, cursor: formatCursor(cursor) };
  }

  #connected(project: string): string[] {
    return [...this.#context.presence.usersIn(project)];
  }

  async project(principal: Principal, project: string): Promise<ProjectDetail> {
    const known = await this.#known(project, await this.#workspace.proposals(project), false);
    const ids = await this.#workspace.proposals(project);
    const proposal_list: ProposalSummary[] = [];
    for (const id of ids) {
      const files = await this.#workspace.files(id).catch(onlyWhereGone);
      if (files) proposal_list.push(await this.#summary(principal, id, { known, files }));
    }
    return {
      id: project,
      proposals: proposal_list.length,
      lock: known.lock,
      proposal_list,
      connected: this.#connected(project),
      cursor: formatCursor(known.cursor),
    };
  }

  async proposal(principal: Principal, id: string): Promise<ProposalDetail> {
    const { project } = await this.#workspace.proposal(id);
    const [comments, files, known] = await this.#detail(project, id);
    const listed = await this.#workspace.files(id);
    const summary = await this.#summary(principal, id, { known, files: listed });
    const runs = this.#runs.parts(id, known.runResults);
    const state = stateOf(summary, { lock: known.lock, author: summary.author });
    return {
      ...summary,
      files: listed.map((file) => entryOf(file, files.get(file.path))),
      comments: isInAudience(principal, summary) ? [...comments] : [],
      ...runs,
      allowed_statuses: [...allowedStatuses(principal, state)],
      lock: known.lock,
      hindrances: hindrancesOf(principal, state),
      cursor: formatCursor(known.cursor),
    };
  }

  /** What decides about a proposal now. Read it in the project's turn before acting on it. */
  async state(id: string): Promise<ProposalState> {
    const { project } = await this.#workspace.proposal(id);
    const known = await this.#known(project, [id], false);
    const { author, reviewers, status } = rowOf(known, id);
    const { validation, is_iterating } = this.#runs.parts(id, known.runResults);
    return {
      author,
      reviewers: JSON.parse(reviewers),
      status,
      lock: known.lock,
      isValidating: validation?.status === 'running',
      isIterating: is_iterating,
    };
  }

  async summary(principal: Principal, id: string): Promise<ProposalSummary> {
    const { project } = await this.#workspace.proposal(id);
    const known = await this.#known(project, [id], false);
    return this.#summary(principal, id, { known, files: await this.#workspace.files(id) });
  }

  /** The lock in force. */
  async lock(project: string): Promise<Lock | null> {
    return (await this.#known(project, [], false)).lock;
  }

  /** A comment, whoever may see it; undefined when there is none. */
  async comment(id: string): Promise<Comment | undefined> {
    const { results } = await this.#context.snapshots.snapshot<[{ body: string }]>([
      { sql: 'SELECT body FROM prop_comment WHERE id = ?', params: [id] },
    ]);
    return results[0].map(({ body }) => JSON.parse(body) as Comment)[0];
  }

  /** How many comments a proposal has, and the one that a thread begins with; throws `not_found` for one it hasn't. */
  async thread(id: string, parent: string | null): Promise<{ readonly total: number; readonly thread: string | null }> {
    const { results } = await this.#context.snapshots.snapshot<[{ total: number }, { body: string }]>([
      { sql: 'SELECT count(*) AS total FROM prop_comment WHERE proposal = ?', params: [id] },
      { sql: 'SELECT body FROM prop_comment WHERE proposal = ? AND id = ?', params: [id, parent] },
    ]);
    const total = results[0][0]?.total ?? 0;
    if (parent === null) return { total, thread: null };
    const found = results[1][0];
    if (!found) throw new MillraceError('not_found', 'there is no comment to answer');
    // An answer to an answer stands in the same thread.
    const { parent_id } = JSON.parse(found.body) as Comment;
    return { total, thread: parent_id ?? parent };
  }

  /** A file as it is, or as an earlier record has it. Throws `not_found`, `payload_too_large`, `unsupported_media_type`. */
  async file(id: string, path: string, version?: number): Promise<FileContent> {
    const { cursor, results } = await this.#context.snapshots.snapshot<[VersionRow, FileRow, { body: string }]>([
      {
        sql: `SELECT seq, etag, changed_by, changed_at FROM prop_version WHERE proposal = ? AND path = ?
          ORDER BY seq DESC LIMIT ${VERSIONS_SHOWN}`,
        params: [id, path],
      },
      {
        sql: 'SELECT path, etag, changed_by, changed_at FROM prop_file WHERE proposal = ? AND path = ?',
        params: [id, path],
      },
      {
        sql: `SELECT l.body FROM prop_version v JOIN log l ON l.seq = v.seq
          WHERE v.seq = ? AND v.proposal = ? AND v.path = ?`,
        params: [version ?? -1, id, path],
      },
    ]);
    const versions = results[0].map(({ changed_at, ...row }) => ({ ...row, changed_at: isoOf(changed_at) }));
    const shared = { versions, cursor: formatCursor(cursor) };
    if (version !== undefined) return { ...earlierVersion(versions, version, results[2][0]?.body), path, ...shared };
    const file = await this.#workspace.readFile(id, path);
    if (file.content === undefined) {
      throw new MillraceError('unsupported_media_type', 'the file is no UTF-8 text, or is too long to be shown');
    }
    return { ...entryOf({ path, ...file }, results[1][0]), content: file.content, ...shared };
  }

  async #detail(project: string, id: string): Promise<[Comment[], ReadonlyMap<string, FileRow>, Known]> {
    const extra: Query[] = [
      { sql: 'SELECT body FROM prop_comment WHERE proposal = ? ORDER BY seq', params: [id] },
      { sql: 'SELECT path, etag, changed_by, changed_at FROM prop_file WHERE proposal = ?', params: [id] },
    ];
    const known = await this.#known(project, [id], true, extra);
    const [comments = [], files = []] = known.extraResults as [{ body: string }[], FileRow[]];
    return [comments.map(({ body }) => JSON.parse(body)), new Map(files.map((row) => [row.path, row])), known];
  }

  async #known(
    project: string,
    ids: readonly string[],
    isDetail: boolean,
    extra: readonly Query[] = [],
  ): Promise<Known & { readonly extraResults: readonly (readonly unknown[])[] }> {
    const { snapshots, clock } = this.#context;
    const list = JSON.stringify(ids);
    const queries: readonly Query[] = [
      { sql: 'SELECT holder, since, expires_at FROM prop_lock WHERE project = ?', params: [project] },
      {
        sql: `SELECT id, author, status, reviewers, updated_at FROM prop_proposal
          WHERE id IN (SELECT value FROM json_each(?))`,
        params: [list],
      },
      {
        sql: `SELECT proposal, count(*) AS open FROM prop_comment
          WHERE status = 'open' AND proposal IN (SELECT value FROM json_each(?)) GROUP BY proposal`,
        params: [list],
      },
      ...extra,
      ...this.#runs.queries(ids, isDetail),
    ];
    const { cursor, results } = await snapshots.snapshot<unknown[]>(queries);
    const [locks = [], proposals = [], open = [], ...rest] = results as [
      Lock[],
      ProposalRow[],
      OpenRow[],
      ...unknown[][],
    ];
    return {
      cursor,
      lock: inForce(locks[0], clock.now()),
      proposals: new Map(proposals.map((row) => [row.id, row])),
      openComments: new Map(open.map((row) => [row.proposal, row.open])),
      extraResults: rest.slice(0, extra.length),
      runResults: rest.slice(extra.length),
    };
  }

  async #summary(principal: Principal, id: string, { known, files }: { known: Known; files: readonly ListedFile[] }) {
    const { project, change } = nameOf(id);
    const row = rowOf(known, id);
    const reviewers: string[] = JSON.parse(row.reviewers);
    const { author, status } = row;
    const [proposal, tasks] = await Promise.all([
      this.#workspace.findFile(id, 'proposal.md'),
      this.#workspace.findFile(id, 'tasks.md'),
    ]);
    const { validation, is_iterating } = this.#runs.parts(id, known.runResults);
    const changedAt = Math.max(row.updated_at, ...files.map((file) => file.changedAt));
    const summary: ProposalSummary = {
      id,
      project_id: project,
      change,
      title: titleOf(proposal?.content, change),
      status,
      author,
      reviewers,
      // Who is told of no comment is not told how many there are either.
      open_comments: isInAudience(principal, { author, reviewers }) ? (known.openComments.get(id) ?? 0) : 0,
      tasks: countTasks(tasks?.content),
      validation,
      is_iterating,
      updated_at: isoOf(changedAt),
    };
    return summary;
  }
}

interface OpenRow {
  readonly proposal: string;
  readonly open: number;
}

/** Throws `not_found` for a project somebody doesn't belong to, as for one that isn't there. */
export async function assertMember(workspace: Workspace, principal: Principal, project: string): Promise<void> {
  if (isId(project) && isMember(principal, project) && (await workspace.hasProject(project))) return;
  throw new MillraceError('not_found', 'there is no such project');
}

/** Throws `not_found` for a proposal of a project somebody doesn't belong to, as for one that isn't there. */
export async function assertVisible(workspace: Workspace, principal: Principal, id: string): Promise<void> {
  const name = parseProposalId(id);
  if (!name || !isMember(principal, name.project)) throw new MillraceError('not_found', 'there is no such proposal');
  await workspace.proposal(id);
}

/** Null for one that is over and was not recorded as such yet. */
export function inForce(lock: Lock | undefined, now: number): Lock | null {
  return lock && Date.parse(lock.expires_at) > now ? lock : null;
}

function stateOf(summary: ProposalSummary, { lock, author }: Pick<ProposalState, 'lock' | 'author'>): ProposalState {
  const { reviewers, status, validation, is_iterating } = summary;
  return { author, reviewers, status, lock, isValidating: validation?.status === 'running', isIterating: is_iterating };
}

/** A proposal that the log knows nothing of was found on disk. */
function rowOf({ proposals }: Known, id: string): ProposalRow {
  return proposals.get(id) ?? { id, author: null, status: 'draft', reviewers: '[]', updated_at: 0 };
}

function entryOf(file: ListedFile, row: FileRow | undefined): FileEntry {
  const { path, bytes, etag, changedAt } = file;
  const isKnown = row?.etag === etag;
  return {
    path,
    bytes,
    etag,
    changed_by: isKnown ? row.changed_by : null,
    changed_at: isoOf(isKnown ? row.changed_at : changedAt),
  };
}

function earlierVersion(versions: FileContent['versions'], seq: number, body: string | undefined) {
  const found = versions.find((version) => version.seq === seq);
  const { version } = JSON.parse(body ?? '{}') as { version?: { bytes: number; content?: string } };
  if (!found || version?.content === undefined) throw new MillraceError('not_found', 'there is no such version');
  const { etag, changed_by, changed_at } = found;
  return { etag, changed_by, changed_at, bytes: version.bytes, content: version.content };
}

function nameOf(id: string) {
  return parseProposalId(id) ?? { project: '', change: '' };
}

function isoOf(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}

/** A change that goes away while the list is read is left out. */
function onlyWhereGone(error: unknown): undefined {
  if (error instanceof MillraceError && error.code === 'not_found') return undefined;
  throw error;
}
