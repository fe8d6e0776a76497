import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { Pill } from '../../../ui/pill.tsx';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { type ProjectDetail, proposalEventSchema } from '../events.ts';
import { FailureNote } from './failure-note.tsx';
import { createLiveState } from './live-connection.ts';
import { LoadFailed } from './load-failed.tsx';
import { LockPanel } from './lock-panel.tsx';
import { People } from './people.tsx';
import { createHindrance } from './project-access.ts';
import { boardOf, changesBoard, STATUSES, updateProject } from './project-state.ts';
import { ProposalCard } from './proposal-card.tsx';
import { ProposalCreate } from './proposal-create.tsx';
import { readProject } from './proposals-api.ts';
import { preloadState, useRenderedState } from './rendered-state.ts';
import { SignedIn } from './signed-in.tsx';
import { STATUS_WORDS } from './status-words.ts';
import { useLiveState } from './use-live-state.ts';
import { useSession } from './use-session.ts';

/** Who is connected is told by no feed. */
const PRESENCE_MS = 5_000;

/** The page `/projects/<id>`: the project's proposals by status, as they move (specs/002). */
export function Page() {
  const { project = '' } = useParams({ strict: false });
  return <Board key={project} id={project} />;
}

export const preload = (request: PreloadRequest) =>
  preloadState(request, (read) => readProject(request.params.project ?? '', read));

function Board({ id }: { readonly id: string }) {
  const rendered = useRenderedState<ProjectDetail>();
  const { state, failure, isLoading, status, reconnect, refresh } = useLiveState(() =>
    createLiveState({
      feed: `/ws/projects/${encodeURIComponent(id)}`,
      read: (signal) => readProject(id, { signal }),
      rendered,
      parse: (message) => proposalEventSchema.parse(message),
      update: updateProject,
      isIncomplete: changesBoard,
    }),
  );
  const isLive = status.name === 'live';
  useEffect(() => {
    if (!isLive) return;
    // What was read before the stream was opened doesn't know of whoever opened it.
    refresh();
    const timer = setInterval(refresh, PRESENCE_MS);
    return () => clearInterval(timer);
  }, [isLive, refresh]);

  if (!state && failure) {
    return (
      <LoadFailed
        what="This project"
        error={failure.error}
        needs="Ask an admin for a token that names this project."
        onRetry={reconnect}
      />
    );
  }
  if (!state) return <SkeletonRows label="Loading the project…" count={8} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {failure && (
        <RequestFailed error={failure.error} failedAt={failure.at} isRetrying={isLoading} onRetry={refresh} />
      )}
      <Loaded project={state} />
    </div>
  );
}

function Loaded({ project }: { readonly project: ProjectDetail }) {
  const session = useSession();
  const now = useNow(10_000);
  const [isCreating, setCreating] = useState(false);
  const [failure, setFailure] = useState<string>();
  const board = boardOf(project.proposal_list);
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-surface px-4 py-2">
        <p className="flex min-w-0 items-center gap-1.5">
          <Link to="/projects" className="text-muted hover:text-text">
            Projects
          </Link>
          <span aria-hidden className="text-muted">
            /
          </span>
          <strong className="truncate text-sm font-semibold">{project.id}</strong>
        </p>
        <LockPanel project={project.id} lock={project.lock} session={session} />
        <div className="flex min-w-0 items-center gap-2">
          <span className="shrink-0 text-xs text-muted">Here now</span>
          <People names={project.connected} label="Connected" />
        </div>
        <SignedIn className="ml-auto" />
        <ExplainedButton
          look="primary"
          hindrance={createHindrance(session, project.lock)}
          onClick={() => setCreating(true)}
        >
          New proposal
        </ExplainedButton>
      </header>
      <FailureNote text={failure} onClose={() => setFailure(undefined)} />
      <div className="grid min-h-0 flex-1 gap-3 overflow-y-auto p-3 max-lg:auto-rows-min sm:grid-cols-2 lg:grid-cols-4 lg:grid-rows-[minmax(0,1fr)]">
        {STATUSES.map((status) => {
          const cards = board.get(status) ?? [];
          const { text, tone } = STATUS_WORDS[status];
          return (
            <section
              key={status}
              aria-label={text}
              className="flex min-h-0 min-w-0 flex-col rounded-xl border border-line bg-ground"
            >
              <h2 className="flex items-center gap-2 px-3 py-2">
                <Pill tone={tone}>{text}</Pill>
                <span className="text-xs text-muted">{cards.length}</span>
              </h2>
              {cards.length === 0 ? (
                <p className="px-3 pb-3 text-xs text-muted">{EMPTY[status]}</p>
              ) : (
                <ul className="flex min-h-0 flex-col gap-2 overflow-y-auto px-2 pb-2">
                  {cards.map((proposal) => (
                    <li key={proposal.id}>
                      <ProposalCard proposal={proposal} now={now} onFailure={setFailure} />
                    </li>
                  ))}
                </ul>
              )}
            </section>
          );
        })}
      </div>
      {isCreating && <ProposalCreate project={project.id} onClose={() => setCreating(false)} />}
    </>
  );
}

const EMPTY = {
  draft: 'Nothing is being drafted.',
  review: 'Nothing waits for a review.',
  ready: 'Nothing is ready to be merged.',
  merged: 'Nothing was merged yet.',
} as const;
