import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { asSentence } from '../../../ui/as-sentence.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { Pill } from '../../../ui/pill.tsx';
import type { ProposalDetail } from '../events.ts';
import { LockPanel } from './lock-panel.tsx';
import { People } from './people.tsx';
import { ReviewersDialog } from './reviewers-dialog.tsx';
import { SignedIn } from './signed-in.tsx';
import { StatusMenu } from './status-menu.tsx';
import { RUN_WORDS } from './status-words.ts';
import { useSession } from './use-session.ts';

export interface ProposalHeadProps {
  readonly proposal: ProposalDetail;
  readonly onFailure: (text: string | undefined) => void;
}

/** What the proposal is, how it stands and whose it is. */
export function ProposalHead({ proposal, onFailure }: ProposalHeadProps) {
  const { title, project_id, change, author, reviewers, tasks, validation, hindrances, allowed_statuses } = proposal;
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const hindrance = hindrances.set_status && asSentence(hindrances.set_status);
  return (
    <header className="flex flex-col gap-2 bg-surface px-4 pt-3 pb-2">
      <p className="flex min-w-0 items-center gap-1.5 text-xs text-muted">
        <Link to="/projects" className="hover:text-text max-sm:hidden">
          Projects
        </Link>
        <span aria-hidden className="max-sm:hidden">
          /
        </span>
        <Link to="/projects/$project" params={{ project: project_id }} className="truncate hover:text-text">
          {project_id}
        </Link>
        <span aria-hidden>/</span>
        <span className="truncate font-mono">{change}</span>
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="min-w-0 text-lg leading-6 font-semibold tracking-tight [overflow-wrap:anywhere]">{title}</h2>
        <StatusMenu proposal={proposal} allowed={allowed_statuses} hindrance={hindrance} onFailure={onFailure} />
        {validation && (
          <Pill tone={RUN_WORDS[validation.status].tone} isBusy={validation.status === 'running'}>
            {RUN_WORDS[validation.status].text}
          </Pill>
        )}
        {tasks.total > 0 && (
          <span className="text-muted">
            {tasks.done} of {tasks.total} tasks done
          </span>
        )}
        <div className="ml-auto max-lg:ml-0">
          <LockPanel project={project_id} lock={proposal.lock} session={session} />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <p className="text-muted">
          {author === null ? 'Found on disk' : 'By '}
          {author !== null && <span className="font-medium text-text">{author}</span>}
        </p>
        <div className="flex min-w-0 items-center gap-2">
          <span className="text-muted">Reviewers</span>
          {reviewers.length > 0 ? (
            <People names={reviewers} label="Reviewers" />
          ) : (
            <span className="text-muted">none</span>
          )}
          <ExplainedButton
            look="ghost"
            align="start"
            hindrance={hindrances.edit && asSentence(hindrances.edit)}
            onClick={() => setAsking(true)}
          >
            Edit reviewers
          </ExplainedButton>
        </div>
        <SignedIn className="ml-auto" />
      </div>
      {isAsking && <ReviewersDialog id={proposal.id} reviewers={reviewers} onClose={() => setAsking(false)} />}
    </header>
  );
}
