import { Link } from '@tanstack/react-router';
import MessageSquare from 'lucide-react/icons/message-square';
import { Pill } from '../../../ui/pill.tsx';
import { age } from '../../../ui/time-format.ts';
import type { ProposalSummary } from '../events.ts';
import { StatusMenu } from './status-menu.tsx';
import { RUN_WORDS } from './status-words.ts';

export interface ProposalCardProps {
  readonly proposal: ProposalSummary;
  readonly now: number;
  readonly onFailure: (text: string | undefined) => void;
}

/** A proposal on the board. */
export function ProposalCard({ proposal, now, onFailure }: ProposalCardProps) {
  const { id, title, change, author, tasks, validation, open_comments, is_iterating, updated_at } = proposal;
  return (
    <article className="relative flex flex-col gap-2 rounded-lg border border-line bg-surface p-3 shadow-xs hover:border-line-strong">
      <h3 className="leading-snug font-semibold [overflow-wrap:anywhere]">
        <Link
          to="/proposals/$proposal"
          params={{ proposal: id }}
          className="after:absolute after:inset-0 after:rounded-lg"
        >
          {title}
        </Link>
      </h3>
      <p className="truncate text-xs text-muted">
        <span className="font-mono">{change}</span>
        {author !== null && `, by ${author}`}
      </p>
      {tasks.total > 0 && <Tasks {...tasks} />}
      <div className="flex flex-wrap items-center gap-1.5">
        {is_iterating && (
          <Pill tone="info" isBusy>
            Iterating
          </Pill>
        )}
        {validation && (
          <Pill tone={RUN_WORDS[validation.status].tone} isBusy={validation.status === 'running'}>
            {RUN_WORDS[validation.status].text}
          </Pill>
        )}
        {open_comments > 0 && (
          <span className="inline-flex items-center gap-1 text-xs text-muted">
            <MessageSquare size={13} aria-hidden />
            {open_comments} open
          </span>
        )}
      </div>
      <div className="flex items-center justify-between gap-2">
        <span className="relative z-10">
          <StatusMenu proposal={proposal} onFailure={onFailure} />
        </span>
        <span className="min-w-[6ch] text-xs text-muted">{age(Date.parse(updated_at), now)}</span>
      </div>
    </article>
  );
}

function Tasks({ done, total }: { readonly done: number; readonly total: number }) {
  const text = `${done} of ${total} tasks done`;
  return (
    <div className="flex items-center gap-2 text-xs text-muted">
      <div
        role="progressbar"
        aria-label="Tasks"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuetext={text}
        className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-hover"
      >
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" className="block size-full fill-accent">
          <rect width={(done / total) * 100} height={1} />
        </svg>
      </div>
      <span className="shrink-0">
        {done}/{total}
      </span>
    </div>
  );
}
