import { useEffect, useState } from 'react';
import { asSentence } from '../../../ui/as-sentence.ts';
import { Button } from '../../../ui/button.tsx';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { type FileContent, PROPOSAL_LIMITS, type ProposalDetail } from '../events.ts';
import { explain, refusalOf } from './api-error.ts';
import { FileConflict } from './file-conflict.tsx';
import { createDrafts } from './file-draft.ts';
import { readFile, writeFile } from './proposals-api.ts';

export interface FileEditorProps {
  readonly proposal: ProposalDetail;
  readonly path: string;
  /** As it stands; undefined for a file that is not there. */
  readonly file: FileContent | undefined;
  readonly onSaved: () => void;
}

const drafts = createDrafts(() => sessionStorage);
const READ_LIMIT_MS = 10_000;

/** A file being changed. What is typed is kept until it is saved, or given up by whoever typed it. */
export function FileEditor({ proposal, path, file, onSaved }: FileEditorProps) {
  const [start] = useState(() => drafts.read(proposal.id, path));
  /** Undefined as long as nothing is typed: then the editor follows the file. */
  const [typed, setTyped] = useState(start?.text);
  /** Of the file that was typed over. */
  const [etag, setEtag] = useState(start?.etag);
  const [isSaving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [theirs, setTheirs] = useState<FileContent>();
  const isChanged = typed !== undefined;
  const text = typed ?? file?.content ?? '';
  useEffect(() => {
    drafts.write(proposal.id, path, typed === undefined ? undefined : { text: typed, etag });
  }, [proposal.id, path, typed, etag]);
  useEffect(() => {
    if (!isChanged) return;
    const warn = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isChanged]);

  const save = async (over: string | undefined) => {
    setSaving(true);
    setFailure(undefined);
    try {
      await writeFile(proposal.id, path, { content: text, etag: over });
      drafts.write(proposal.id, path, undefined);
      onSaved();
    } catch (error) {
      const { status, code } = refusalOf(error) ?? {};
      if (status === 412 || code === 'precondition_failed') await compare();
      else setFailure(explain(error));
    } finally {
      setSaving(false);
    }
  };
  const compare = async () => {
    try {
      setTheirs(await readFile(proposal.id, path, { signal: AbortSignal.timeout(READ_LIMIT_MS) }));
    } catch (error) {
      const isGone = refusalOf(error)?.status === 404;
      setFailure(isGone ? 'The file was removed meanwhile. Saving makes it anew.' : explain(error));
      if (isGone) setEtag(undefined);
    }
  };
  const discard = () => {
    drafts.write(proposal.id, path, undefined);
    onSaved();
  };

  if (theirs) {
    return (
      <FileConflict
        mine={text}
        theirs={theirs}
        isSaving={isSaving}
        failure={failure}
        onSave={() => void save(theirs.etag)}
        onDiscard={discard}
        onEdit={() => {
          setEtag(theirs.etag);
          setTheirs(undefined);
        }}
      />
    );
  }
  const isOutdated = isChanged && file !== undefined && file.etag !== etag;
  const bytes = new TextEncoder().encode(text).length;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      {isOutdated && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-ground px-4 py-1.5 text-warn">
          <p role="status">
            {file.changed_by ?? 'Somebody on disk'} has changed this file meanwhile. What you typed is kept.
          </p>
          <Button className="ml-auto h-7" onClick={() => setTheirs(file)}>
            Compare
          </Button>
        </div>
      )}
      {failure !== undefined && (
        <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
          {failure}
        </p>
      )}
      <textarea
        aria-label={`Text of ${path}`}
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          if (!isChanged) setEtag(file?.etag);
          setTyped(target.value);
        }}
        className="min-h-48 w-full max-md:min-h-80 flex-1 resize-none bg-transparent p-4 font-mono text-xs leading-5 outline-offset-[-2px]"
      />
      <footer className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-2">
        <span className="text-muted">
          {isChanged ? 'Not saved yet' : 'No changes'}
          {bytes > PROPOSAL_LIMITS.fileBytes / 2 && `, ${bytes.toLocaleString('en')} bytes`}
        </span>
        <span className="ml-auto flex gap-2">
          <Button onClick={discard} disabled={isSaving}>
            {isChanged ? 'Discard changes' : 'Close'}
          </Button>
          <ExplainedButton
            look="primary"
            side="above"
            hindrance={whyNot(proposal, { isChanged, bytes })}
            disabled={isSaving}
            onClick={() => void save(etag)}
          >
            {isSaving ? 'Saving…' : 'Save'}
          </ExplainedButton>
        </span>
      </footer>
    </div>
  );
}

function whyNot({ hindrances }: ProposalDetail, { isChanged, bytes }: { isChanged: boolean; bytes: number }) {
  if (hindrances.edit !== undefined) return asSentence(hindrances.edit);
  if (!isChanged) return 'Nothing has changed.';
  if (bytes > PROPOSAL_LIMITS.fileBytes)
    return `A file may have ${PROPOSAL_LIMITS.fileBytes.toLocaleString('en')} bytes.`;
  return undefined;
}
