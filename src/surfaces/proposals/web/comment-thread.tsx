import { useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { asSentence } from '../../../ui/as-sentence.ts';
import { Button } from '../../../ui/button.tsx';
import { ChoiceMenu } from '../../../ui/choice-menu.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { hueClass } from '../../../ui/hue.ts';
import { Pill } from '../../../ui/pill.tsx';
import { TextArea } from '../../../ui/text-field.tsx';
import { ago } from '../../../ui/time-format.ts';
import { type Comment, type CommentStatus, type Hindrances, PROPOSAL_LIMITS } from '../events.ts';
import { placeOf } from './comment-threads.ts';
import type { ProposalSearch } from './proposal-search.ts';
import { addComment, changeComment } from './proposals-api.ts';
import { COMMENT_WORDS } from './status-words.ts';
import { useAction } from './use-action.ts';

export interface CommentThreadProps {
  readonly root: Comment;
  readonly answers: readonly Comment[];
  readonly hindrances: Hindrances;
  readonly onSearch: (change: Partial<ProposalSearch>) => void;
}

/** A comment, its answers, and what became of it. */
export function CommentThread({ root, answers, hindrances, onSearch }: CommentThreadProps) {
  const [isAnswering, setAnswering] = useState(false);
  /** The status that needs a reason. */
  const [asked, setAsked] = useState<'rejected' | 'deferred'>();
  const { failure, run } = useAction();
  const place = placeOf(root);
  const { path } = root;
  const hindrance = hindrances.review && asSentence(hindrances.review);
  return (
    <article
      aria-label={`Comment of ${root.author}`}
      className="flex flex-col gap-2 rounded-xl border border-line bg-surface p-3"
    >
      <header className="flex flex-wrap items-center gap-2">
        <Pill tone={COMMENT_WORDS[root.status].tone}>{COMMENT_WORDS[root.status].text}</Pill>
        {place !== undefined && path !== undefined && (
          <button
            type="button"
            className="min-w-0 truncate font-mono text-xs text-accent underline"
            onClick={() => onSearch({ part: undefined, file: path, view: 'source', version: undefined })}
          >
            {place}
          </button>
        )}
        <span className="ml-auto">
          <ChoiceMenu label={`Decide on the comment of ${root.author}`} choices={choices()}>
            Decide
          </ChoiceMenu>
        </span>
      </header>
      <Said comment={root} />
      {root.reason !== undefined && root.status !== 'open' && (
        <p className="rounded-md bg-hover px-2.5 py-1.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
          <span className="text-muted">{COMMENT_WORDS[root.status].text} because: </span>
          {root.reason}
        </p>
      )}
      {answers.length > 0 && (
        <ul aria-label="Answers" className="ml-3 flex flex-col gap-2 border-l-2 border-line pl-3">
          {answers.map((answer) => (
            <li key={answer.id}>
              <Said comment={answer} />
            </li>
          ))}
        </ul>
      )}
      {failure !== undefined && asked === undefined && (
        <p role="alert" className="text-bad">
          {failure}
        </p>
      )}
      {isAnswering ? (
        <Answer root={root} onClose={() => setAnswering(false)} />
      ) : (
        <ExplainedButton
          look="ghost"
          align="start"
          className="self-start"
          hindrance={hindrances.comment && asSentence(hindrances.comment)}
          onClick={() => setAnswering(true)}
        >
          Answer
        </ExplainedButton>
      )}
      {asked && <Reason comment={root} status={asked} onClose={() => setAsked(undefined)} />}
    </article>
  );

  function choices() {
    const others = (['open', 'accepted', 'rejected', 'deferred'] as const).filter((status) => status !== root.status);
    return others.map((status) => ({ text: DECISIONS[status], hindrance, onChoose: () => decide(status) }));
  }

  function decide(status: CommentStatus): void {
    if (status === 'rejected' || status === 'deferred') setAsked(status);
    else void run(() => changeComment(root.id, { status }));
  }
}

const DECISIONS: Readonly<Record<CommentStatus, string>> = {
  open: 'Open again',
  accepted: 'Accept',
  rejected: 'Reject…',
  deferred: 'Defer…',
};

function Said({ comment }: { readonly comment: Comment }) {
  const now = useNow(10_000);
  return (
    <div>
      <p className="text-xs text-muted">
        <span className={classNames('font-semibold', hueClass(comment.author))}>{comment.author}</span>{' '}
        {ago(Date.parse(comment.created_at), now)}
      </p>
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{comment.text}</p>
    </div>
  );
}

function Answer({ root, onClose }: { readonly root: Comment; readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const { isBusy, failure, run } = useAction();
  const send = async () => {
    if (await run(() => addComment(root.proposal_id, { text: text.trim(), parent_id: root.id }))) onClose();
  };
  return (
    <form aria-label="Answer" className="flex flex-col gap-2" onSubmit={(submit) => submit.preventDefault()}>
      <TextArea label="Answer" rows={2} value={text} onText={setText} maxLength={PROPOSAL_LIMITS.comment} autoFocus />
      {failure !== undefined && (
        <p role="alert" className="text-bad">
          {failure}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button disabled={isBusy} onClick={onClose}>
          Cancel
        </Button>
        <ExplainedButton
          look="primary"
          hindrance={text.trim() === '' ? 'Write something first.' : undefined}
          disabled={isBusy}
          onClick={() => void send()}
        >
          Send answer
        </ExplainedButton>
      </div>
    </form>
  );
}

interface ReasonProps {
  readonly comment: Comment;
  readonly status: 'rejected' | 'deferred';
  readonly onClose: () => void;
}

function Reason({ comment, status, onClose }: ReasonProps) {
  const [reason, setReason] = useState('');
  const { isBusy, failure, run } = useAction();
  const save = async () => {
    const isDone = await run(() => {
      if (reason.trim() === '') throw new Error('Whoever wrote it should learn why');
      return changeComment(comment.id, { status, reason: reason.trim() });
    });
    if (isDone) onClose();
  };
  const action = status === 'rejected' ? 'Reject' : 'Defer';
  return (
    <FormDialog
      title={`${action} the comment of ${comment.author}`}
      isOpen
      action={action}
      isBusy={isBusy}
      failure={failure}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextArea label="Reason" value={reason} onText={setReason} maxLength={PROPOSAL_LIMITS.reason} />
    </FormDialog>
  );
}
