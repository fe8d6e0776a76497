import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { type Tab, TabBar } from '../../../ui/tab-bar.tsx';
import { type ProposalDetail, proposalEventSchema } from '../events.ts';
import { CommentsPanel } from './comments-panel.tsx';
import { FailureNote } from './failure-note.tsx';
import { FilesPanel } from './files-panel.tsx';
import { IterationPanel } from './iteration-panel.tsx';
import { createLiveState } from './live-connection.ts';
import { LoadFailed } from './load-failed.tsx';
import { ProposalHead } from './proposal-head.tsx';
import type { ProposalPart } from './proposal-search.ts';
import { changesMore, updateProposal } from './proposal-state.ts';
import { readProposal } from './proposals-api.ts';
import { preloadState, useRenderedState } from './rendered-state.ts';
import { useLiveState } from './use-live-state.ts';
import { useUrl } from './use-url.ts';
import { ValidationPanel } from './validation-panel.tsx';

/** The page `/proposals/<id>`: one proposal's files, validation, iterations and comments, live (specs/002). */
export function Page() {
  const { proposal = '' } = useParams({ strict: false });
  return <Proposal key={proposal} id={proposal} />;
}

export const preload = (request: PreloadRequest) =>
  preloadState(request, (read) => readProposal(request.params.proposal ?? '', read));

function Proposal({ id }: { readonly id: string }) {
  const rendered = useRenderedState<ProposalDetail>();
  const { state, failure, isLoading, reconnect, refresh } = useLiveState(() =>
    createLiveState({
      feed: `/api/v1/proposals/${encodeURIComponent(id)}/events`,
      read: (signal) => readProposal(id, { signal }),
      rendered,
      parse: (message) => proposalEventSchema.parse(message),
      update: updateProposal,
      isIncomplete: changesMore,
    }),
  );
  if (!state && failure) {
    return (
      <LoadFailed
        what="This proposal"
        error={failure.error}
        needs="Ask an admin for a token that names its project."
        onRetry={reconnect}
      />
    );
  }
  if (!state) return <SkeletonRows label="Loading the proposal…" count={10} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {failure && (
        <RequestFailed error={failure.error} failedAt={failure.at} isRetrying={isLoading} onRetry={refresh} />
      )}
      <Loaded proposal={state} />
    </div>
  );
}

function Loaded({ proposal }: { readonly proposal: ProposalDetail }) {
  const { search, changeSearch } = useUrl();
  const [failure, setFailure] = useState<string>();
  const part = search.part ?? 'files';
  return (
    <>
      <ProposalHead proposal={proposal} onFailure={setFailure} />
      <FailureNote text={failure} onClose={() => setFailure(undefined)} />
      <TabBar
        label="Parts of the proposal"
        tabs={tabsOf(proposal)}
        value={part}
        onChange={(chosen) => changeSearch({ part: chosen === 'files' ? undefined : chosen })}
      >
        {part === 'files' && <FilesPanel proposal={proposal} search={search} onSearch={changeSearch} />}
        {part === 'validation' && <ValidationPanel proposal={proposal} onFailure={setFailure} />}
        {part === 'iteration' && <IterationPanel proposal={proposal} onFailure={setFailure} />}
        {part === 'comments' && <CommentsPanel proposal={proposal} onSearch={changeSearch} />}
      </TabBar>
    </>
  );
}

function tabsOf({ files, validation, is_iterating, open_comments }: ProposalDetail): readonly Tab<ProposalPart>[] {
  return [
    { value: 'files', text: 'Files', mark: <Mark>{files.length}</Mark> },
    { value: 'validation', text: 'Validation', mark: validation?.status === 'running' && <Mark>running</Mark> },
    { value: 'iteration', text: 'Iteration', mark: is_iterating && <Mark>running</Mark> },
    { value: 'comments', text: 'Comments', mark: open_comments > 0 && <Mark>{open_comments} open</Mark> },
  ];
}

function Mark({ children }: { readonly children: string | number | readonly (string | number)[] }) {
  return <span className="rounded-full bg-hover px-1.5 text-2xs font-medium text-muted">{children}</span>;
}
