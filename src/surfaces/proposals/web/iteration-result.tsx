import { useQuery } from '@tanstack/react-query';
import { asSentence } from '../../../ui/as-sentence.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import type { Iteration, ProposalDetail } from '../events.ts';
import { explain } from './api-error.ts';
import { DiffView } from './diff-view.tsx';
import { readIteration } from './proposals-api.ts';

export interface IterationResultProps {
  readonly proposal: ProposalDetail;
  readonly iteration: Iteration;
}

/** What came of an iteration: the files it changed, line by line, or why it changed none. */
export function IterationResult({ proposal, iteration }: IterationResultProps) {
  const { iteration_id, status, error } = iteration;
  const { data, error: failure } = useQuery({
    queryKey: ['proposals', 'iteration', proposal.id, iteration_id, status],
    queryFn: ({ signal }) => readIteration(proposal.id, iteration_id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    networkMode: 'always',
  });
  const isApplied = status === 'complete';
  return (
    <div className="flex flex-col gap-3 py-3">
      {error !== undefined && (
        <p role="alert" className="mx-4 rounded-md bg-bad-ground px-3 py-2 text-bad [overflow-wrap:anywhere]">
          {asSentence(error)}
        </p>
      )}
      {status === 'cancelled' && <p className="px-4 text-muted">It was cancelled. No file was changed.</p>}
      {failure && <p className="px-4 text-muted">Its edits cannot be shown: {explain(failure)}</p>}
      {!data && !failure && <SkeletonRows label="Loading its edits…" count={3} />}
      {data && data.edits.length > 0 && (
        <>
          <h3 className="px-4 font-semibold">
            {isApplied ? 'Files modified' : 'Edits it had in mind, not applied'}{' '}
            <span className="font-normal text-muted">{data.edits.length}</span>
          </h3>
          {data.edits.map(({ path, before, after }) => (
            <section key={path} aria-label={path} className="border-y border-line bg-surface">
              <h4 className="border-b border-line bg-ground px-4 py-1.5 font-mono text-xs font-semibold [overflow-wrap:anywhere]">
                {path}
                {before === null && <span className="font-sans font-normal text-muted"> new</span>}
              </h4>
              <DiffView label={`Edits of ${path}`} before={before ?? ''} after={after} />
            </section>
          ))}
        </>
      )}
      {data && isApplied && data.edits.length === 0 && <p className="px-4 text-muted">It changed no file.</p>}
    </div>
  );
}
