import type { Comment } from '../events.ts';

/** A comment and what was answered to it. */
export interface Thread {
  readonly root: Comment;
  /** Oldest first. */
  readonly answers: readonly Comment[];
}

/** What is still open first, then by file and line, then by time; an answer whose beginning is unknown stands alone. */
export function threadsOf(comments: readonly Comment[]): readonly Thread[] {
  const ids = new Set(comments.map(({ id }) => id));
  const isRoot = ({ parent_id }: Comment) => parent_id === null || !ids.has(parent_id);
  return comments
    .filter(isRoot)
    .map((root) => ({
      root,
      answers: comments.filter(({ id, parent_id }) => parent_id === root.id && id !== root.id).sort(byTime),
    }))
    .sort((a, b) => rank(a.root) - rank(b.root) || byPlace(a.root, b.root) || byTime(a.root, b.root));
}

/** `tasks.md, line 3`; undefined for one about the whole proposal. */
export function placeOf({ path, line }: Pick<Comment, 'path' | 'line'>): string | undefined {
  if (path === undefined) return undefined;
  return line === undefined ? path : `${path}, line ${line}`;
}

function rank({ status }: Comment): number {
  return status === 'open' ? 0 : 1;
}

function byPlace(a: Comment, b: Comment): number {
  const [first, second] = [a.path ?? '', b.path ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}

function byTime(a: Comment, b: Comment): number {
  return a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0;
}
