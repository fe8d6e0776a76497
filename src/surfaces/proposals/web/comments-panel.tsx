import { useState } from 'react';
import { asSentence } from '../../../ui/as-sentence.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { TextArea } from '../../../ui/text-field.tsx';
import { PROPOSAL_LIMITS, type ProposalDetail } from '../events.ts';
import { CommentThread } from './comment-thread.tsx';
import { threadsOf } from './comment-threads.ts';
import type { ProposalSearch } from './proposal-search.ts';
import { addComment } from './proposals-api.ts';
import { useAction } from './use-action.ts';

export interface CommentsPanelProps {
  readonly proposal: ProposalDetail;
  readonly onSearch: (change: Partial<ProposalSearch>) => void;
}

/** What the author and the reviewers say to each other; nobody else is told of it. */
export function CommentsPanel({ proposal, onSearch }: CommentsPanelProps) {
  const { comments, hindrances } = proposal;
  if (hindrances.comment !== undefined && comments.length === 0) {
    return (
      <EmptyState title="Comments are between the author and the reviewers">
        <p className="text-muted">
          {asSentence(hindrances.comment)} Whether there are any is for them to see. An author can make you a reviewer.
        </p>
      </EmptyState>
    );
  }
  const threads = threadsOf(comments);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
      <CommentForm proposal={proposal} />
      {threads.length === 0 ? (
        <p className="text-muted">No comments yet.</p>
      ) : (
        <ul aria-label="Comments" className="flex max-w-3xl flex-col gap-3">
          {threads.map(({ root, answers }) => (
            <li key={root.id}>
              <CommentThread root={root} answers={answers} hindrances={hindrances} onSearch={onSearch} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function CommentForm({ proposal }: { readonly proposal: ProposalDetail }) {
  const [text, setText] = useState('');
  const [path, setPath] = useState('');
  const [line, setLine] = useState('');
  const { isBusy, failure, run } = useAction();
  const { hindrances, files } = proposal;
  const number = Number(line);
  const isLine = line === '' || (Number.isInteger(number) && number >= 1);
  const send = async () => {
    const about = path === '' ? {} : { path, ...(line === '' ? {} : { line: number }) };
    const isDone = await run(() => addComment(proposal.id, { text: text.trim(), ...about }));
    if (isDone) setText('');
  };
  const hindrance =
    (hindrances.comment && asSentence(hindrances.comment)) ??
    (text.trim() === '' ? 'Write something first.' : undefined) ??
    (isLine ? undefined : 'A line is a whole number from 1.');
  return (
    <form
      aria-label="New comment"
      className="flex max-w-3xl flex-col gap-2 rounded-xl border border-line bg-surface p-3"
      onSubmit={(submit) => submit.preventDefault()}
    >
      <TextArea
        label="New comment"
        rows={3}
        value={text}
        onText={setText}
        maxLength={PROPOSAL_LIMITS.comment}
        disabled={hindrances.comment !== undefined}
      />
      <div className="flex flex-wrap items-center gap-2">
        <label className="inline-flex min-w-0 items-center gap-1.5 text-muted">
          About
          <select
            value={path}
            onChange={({ target }) => {
              setPath(target.value);
              if (target.value === '') setLine('');
            }}
            className="h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-text max-sm:max-w-40"
          >
            <option value="">the whole proposal</option>
            {files.map((file) => (
              <option key={file.path}>{file.path}</option>
            ))}
          </select>
        </label>
        {path !== '' && (
          <label className="inline-flex items-center gap-1.5 text-muted">
            Line
            <input
              inputMode="numeric"
              value={line}
              placeholder="any"
              onChange={({ target }) => setLine(target.value.trim())}
              className="h-8 w-16 rounded-md border border-line-strong bg-surface px-2 text-text placeholder:text-muted"
            />
          </label>
        )}
        <ExplainedButton
          className="ml-auto"
          look="primary"
          hindrance={hindrance}
          disabled={isBusy}
          onClick={() => void send()}
        >
          {isBusy ? 'Sending…' : 'Comment'}
        </ExplainedButton>
      </div>
      {failure !== undefined && (
        <p role="alert" className="text-bad">
          {failure}
        </p>
      )}
    </form>
  );
}
