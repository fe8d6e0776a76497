import type { NewEvent } from '../../../engine/log/log.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { type ProposalName, parseProposalId, proposalIdOf } from '../ids.ts';
import { type FileVersion, toLogEvent } from '../records.ts';
import type { Disk } from './disk.ts';
import { etagOf } from './disk-file.ts';
import { titleOf } from './proposal-text.ts';

/** Etags by path. */
type Known = Map<string, string>;

/** Compares the disk with what is known of it, and puts the difference into the log: somebody's editor did it. */
export class DiskScan {
  readonly #context: Pick<SurfaceContext, 'log' | 'snapshots'>;
  readonly #disk: Disk;
  /** By project, then by proposal. A project that is not here was never looked at. */
  readonly #known = new Map<string, Map<string, Known>>();

  constructor(context: Pick<SurfaceContext, 'log' | 'snapshots'>, disk: Disk) {
    this.#context = context;
    this.#disk = disk;
  }

  /** What Millrace writes itself is no news. */
  knows(id: string, edits: readonly { readonly path: string; readonly content: string | null }[]): void {
    const proposals = this.#known.get(parseProposalId(id)?.project ?? '');
    if (!proposals) return;
    const known = proposals.get(id) ?? new Map();
    proposals.set(id, known);
    for (const { path, content } of edits) {
      if (content === null) known.delete(path);
      else known.set(path, etagOf(Buffer.from(content)));
    }
  }

  /** Must run in the project's turn. */
  async look(project: string): Promise<void> {
    const known = this.#known.get(project) ?? (await this.#begin(project));
    const changes = await this.#disk.changes(project);
    const ids = new Set(changes.map((change) => proposalIdOf(project, change)));
    for (const change of changes) await this.#lookAt({ project, change }, known);
    for (const [id, files] of known) {
      if (ids.has(id)) continue;
      const gone = [...files.keys()].map((path) => fileChanged(id, path, null));
      if (gone.length > 0) await this.#context.log.append(gone);
      known.delete(id);
    }
    this.#known.set(project, known);
  }

  /**
   * What a server before this one left half written is removed. Everything else that is there at the first look is taken as it is, but for files that the log knows: what was done to
   * them while the server was down is told.
   */
  async #begin(project: string): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    for (const change of await this.#disk.changes(project)) {
      await this.#disk.tidy({ project, change });
      const files = await this.#disk.files({ project, change });
      known.set(proposalIdOf(project, change), new Map(files.map(({ path, etag }) => [path, etag])));
    }
    const { results } = await this.#context.snapshots.snapshot<[{ proposal: string; path: string; etag: string }]>([
      {
        sql: `SELECT f.proposal, f.path, f.etag FROM prop_proposal p JOIN prop_file f ON f.proposal = p.id
          WHERE p.project = ? AND f.etag IS NOT NULL`,
        params: [project],
      },
    ]);
    for (const { proposal, path, etag } of results[0]) {
      const files = known.get(proposal) ?? new Map();
      known.set(proposal, files.set(path, etag));
    }
    return known;
  }

  async #lookAt(name: ProposalName, proposals: Map<string, Known>): Promise<void> {
    const id = proposalIdOf(name.project, name.change);
    const files = await this.#disk.files(name);
    const now: Known = new Map(files.map(({ path, etag }) => [path, etag]));
    const before = proposals.get(id);
    const events = before ? await this.#differences(name, before, now) : [await this.#appeared(name)];
    if (events.length > 0) await this.#context.log.append(events);
    proposals.set(id, now);
  }

  async #appeared(name: ProposalName): Promise<NewEvent> {
    const proposal = await this.#disk.read(name, 'proposal.md');
    const title = titleOf(proposal?.content, name.change);
    const proposal_id = proposalIdOf(name.project, name.change);
    return toLogEvent({ type: 'proposal_created', proposal_id, actor: null, title });
  }

  async #differences(name: ProposalName, before: Known, now: Known): Promise<NewEvent[]> {
    const id = proposalIdOf(name.project, name.change);
    const events: NewEvent[] = [];
    for (const [path, etag] of now) {
      if (before.get(path) === etag) continue;
      const file = await this.#disk.read(name, path);
      if (!file) {
        now.delete(path);
        continue;
      }
      now.set(path, file.etag);
      const version = { bytes: file.bytes, ...(file.content === undefined ? {} : { content: file.content }) };
      events.push(fileChanged(id, path, file.etag, version));
    }
    for (const path of before.keys()) if (!now.has(path)) events.push(fileChanged(id, path, null));
    return events;
  }
}

function fileChanged(id: string, path: string, etag: string | null, version?: FileVersion): NewEvent {
  return toLogEvent({ type: 'file_changed', proposal_id: id, actor: null, path, etag }, version);
}
