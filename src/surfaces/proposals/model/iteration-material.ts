import type { SnapshotReader } from '../../../engine/store/snapshot.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import type { Comment } from '../events.ts';
import type { Workspace } from '../workspace.ts';
import type { PromptParts } from './iteration-prompt.ts';

/** What an iteration begins with. */
export interface Material extends Pick<PromptParts, 'comments'> {
  /** By path. A file without content is no text and is not shown to the model. */
  readonly files: ReadonlyMap<string, MaterialFile>;
}

export interface MaterialFile {
  readonly etag: string;
  readonly content: string | undefined;
}

/** UTF-16 units of all files together. */
const MAX_CHARACTERS = 1_048_576;
const MAX_COMMENTS = 100;

/** Throws `payload_too_large` for more than a model is given. */
export async function readMaterial(
  {
    workspace,
    snapshots,
  }: { readonly workspace: Pick<Workspace, 'files' | 'readFile'>; readonly snapshots: SnapshotReader },
  proposalId: string,
): Promise<Material> {
  const files = new Map<string, MaterialFile>();
  let characters = 0;
  for (const { path } of await workspace.files(proposalId)) {
    const { etag, content } = await workspace.readFile(proposalId, path);
    characters += content?.length ?? 0;
    if (characters > MAX_CHARACTERS) {
      throw new MillraceError('payload_too_large', 'the files are too long together for a model', {
        details: { maxCharacters: MAX_CHARACTERS },
      });
    }
    files.set(path, { etag, content });
  }
  const { results } = await snapshots.snapshot<[{ body: string }]>([
    {
      sql: `SELECT body FROM prop_comment WHERE proposal = ? AND status = 'accepted' ORDER BY seq DESC LIMIT ?`,
      params: [proposalId, MAX_COMMENTS],
    },
  ]);
  const comments = results[0].map(({ body }) => JSON.parse(body) as Comment).reverse();
  return { files, comments: comments.map(({ author, text, path }) => ({ author, text, path })) };
}
