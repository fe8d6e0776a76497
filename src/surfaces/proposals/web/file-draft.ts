/** What somebody has typed and not saved yet. */
export interface FileDraft {
  readonly text: string;
  /** Of the file it was begun from; absent for a new one. */
  readonly etag?: string | undefined;
}

/** The drafts of one tab, which outlive a reload of the page and a look at another part of it. */
export function createDrafts(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
  const nameOf = (proposal: string, path: string) => `millrace.draft.${JSON.stringify([proposal, path])}`;
  return {
    read(proposal: string, path: string): FileDraft | undefined {
      try {
        const draft: unknown = JSON.parse(storage().getItem(nameOf(proposal, path)) ?? 'null');
        return isDraft(draft) ? draft : undefined;
      } catch {
        return undefined;
      }
    },
    write(proposal: string, path: string, draft: FileDraft | undefined): void {
      try {
        if (draft) storage().setItem(nameOf(proposal, path), JSON.stringify(draft));
        else storage().removeItem(nameOf(proposal, path));
      } catch {
        // Storage may be full or forbidden; the text is in the editor for as long as it is open.
      }
    },
  };
}

function isDraft(value: unknown): value is FileDraft {
  if (typeof value !== 'object' || value === null || !('text' in value)) return false;
  return typeof value.text === 'string' && (!('etag' in value) || typeof value.etag === 'string');
}
