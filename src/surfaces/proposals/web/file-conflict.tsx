import { Button } from '../../../ui/button.tsx';
import type { FileContent } from '../events.ts';
import { DiffView } from './diff-view.tsx';

export interface FileConflictProps {
  readonly mine: string;
  readonly theirs: FileContent;
  readonly isSaving: boolean;
  readonly failure: string | undefined;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
  readonly onEdit: () => void;
}

/** Two people have changed a file: both versions, and a choice that loses neither without being asked. */
export function FileConflict({ mine, theirs, isSaving, failure, onSave, onDiscard, onEdit }: FileConflictProps) {
  return (
    <section aria-label="Two versions" className="flex min-h-0 flex-1 flex-col bg-surface">
      <div role="alert" className="border-b border-line bg-warn-ground px-4 py-2 text-warn">
        <strong className="font-semibold">Not saved: the file was changed meanwhile</strong>
        <span className="text-text">
          {' '}
          by {theirs.changed_by ?? 'somebody on disk'}. Nothing is lost; below is what would become of their version.
        </span>
      </div>
      {failure !== undefined && (
        <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
          {failure}
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto py-2">
        <DiffView label="From their version to yours" before={theirs.content} after={mine} />
        <details className="border-t border-line px-4 py-2">
          <summary className="cursor-pointer font-medium">Their version in full</summary>
          <pre className="mt-2 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">{theirs.content}</pre>
        </details>
        <details className="border-t border-line px-4 py-2">
          <summary className="cursor-pointer font-medium">Your version in full</summary>
          <pre className="mt-2 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">{mine}</pre>
        </details>
      </div>
      <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-2">
        <Button disabled={isSaving} onClick={onDiscard}>
          Take theirs, discard mine
        </Button>
        <Button disabled={isSaving} onClick={onEdit}>
          Go on editing mine
        </Button>
        <Button look="primary" disabled={isSaving} onClick={onSave}>
          {isSaving ? 'Saving…' : 'Save mine over theirs'}
        </Button>
      </footer>
    </section>
  );
}
