import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import Lock from 'lucide-react/icons/lock';
import { useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { ago } from '../../../ui/time-format.ts';
import type { Project } from '../events.ts';
import { LoadFailed } from './load-failed.tsx';
import { People } from './people.tsx';
import { createHindrance, timeLeft } from './project-access.ts';
import { ProjectCreate } from './project-create.tsx';
import { readProjects } from './proposals-api.ts';
import { preloadState, useRenderedState } from './rendered-state.ts';
import { SignedIn } from './signed-in.tsx';
import { useSession } from './use-session.ts';

const REREAD_MS = 5_000;

const PROJECTS_KEY = ['proposals', 'projects'] as const;

export const preload = (request: PreloadRequest) => preloadState(request, readProjects);

function useRenderedProjects(): void {
  const rendered = useRenderedState<Awaited<ReturnType<typeof readProjects>>>();
  const queryClient = useQueryClient();
  useState(() => {
    if (rendered) queryClient.setQueryData(PROJECTS_KEY, rendered);
  });
}

/** The page `/projects`: every project that somebody belongs to, read again every few seconds. */
export function Page() {
  useRenderedProjects();
  const session = useSession();
  const { data, error, errorUpdatedAt, dataUpdatedAt, isFetching, refetch } = useQuery({
    queryKey: PROJECTS_KEY,
    queryFn: ({ signal }) => readProjects({ signal }),
    refetchInterval: REREAD_MS,
    // What the server has just rendered need not be read again at once.
    staleTime: REREAD_MS / 2,
    retry: false,
    networkMode: 'always',
  });
  const [isCreating, setCreating] = useState(false);
  const now = useNow(1_000);
  const retry = () => void refetch();

  if (!data && error) {
    return (
      <LoadFailed
        what="The list of projects"
        error={error}
        needs="Ask an admin for a token that names your projects."
        onRetry={retry}
      />
    );
  }
  if (!data) return <SkeletonRows label="Loading projects…" count={6} />;
  const hindrance = data.reason ?? createHindrance(session);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2">
        <p className="text-muted">
          <span className="font-medium text-text">
            {data.projects.length === 1 ? '1 project' : `${data.projects.length} projects`}
          </span>
          <span className="max-sm:hidden">, read {ago(dataUpdatedAt, Math.max(now, dataUpdatedAt))}</span>
        </p>
        <SignedIn className="ml-auto" />
        <ExplainedButton look="primary" hindrance={hindrance} onClick={() => setCreating(true)}>
          New project
        </ExplainedButton>
      </header>
      {error && <RequestFailed error={error} failedAt={errorUpdatedAt} isRetrying={isFetching} onRetry={retry} />}
      {data.projects.length === 0 ? (
        <NoProjects reason={data.reason} />
      ) : (
        <ul aria-label="Projects" className="grid gap-3 p-4 sm:grid-cols-2 xl:grid-cols-3">
          {data.projects.map((project) => (
            <ProjectCard key={project.id} project={project} now={now} />
          ))}
        </ul>
      )}
      {isCreating && <ProjectCreate onClose={() => setCreating(false)} />}
    </div>
  );
}

function ProjectCard({ project, now }: { readonly project: Project; readonly now: number }) {
  const { id, proposals, lock, connected } = project;
  const left = lock && timeLeft(lock.expires_at, now);
  return (
    <li className="relative flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-surface p-4 hover:border-line-strong">
      <div className="flex items-baseline gap-2">
        <h2 className="min-w-0 truncate text-sm font-semibold">
          <Link
            to="/projects/$project"
            params={{ project: id }}
            className="after:absolute after:inset-0 after:rounded-xl"
          >
            {id}
          </Link>
        </h2>
        <span className="ml-auto shrink-0 text-muted">
          {proposals === 1 ? '1 proposal' : `${proposals.toLocaleString('en')} proposals`}
        </span>
      </div>
      <p className="flex min-h-6 items-center gap-1.5 text-muted">
        {lock && left ? (
          <>
            <Lock size={14} aria-hidden className="shrink-0 text-warn" />
            <span className="truncate">
              Locked by <span className="font-medium text-text">{lock.holder}</span>, {left} left
            </span>
          </>
        ) : (
          'Not locked'
        )}
      </p>
      {connected.length > 0 ? (
        <People names={connected} label={`Connected to ${id}`} />
      ) : (
        <p className="py-0.5 text-xs text-muted">Nobody is connected</p>
      )}
    </li>
  );
}

function NoProjects({ reason }: { readonly reason: string | undefined }) {
  return (
    <EmptyState title="No projects yet">
      <p className="text-muted">
        {reason ??
          'None of the folders below MILLRACE_PROJECTS_ROOT that you may see has an openspec folder. Create a project, or run `openspec init` in one of them.'}
      </p>
      {reason !== undefined && (
        <CodeBlock
          title="Start the server with a folder of projects"
          text={'MILLRACE_PROJECTS_ROOT=~/projects millrace serve'}
        />
      )}
    </EmptyState>
  );
}
