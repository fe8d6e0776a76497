import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNow } from '../../../react/use-now.ts';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SafeMarkdown } from '../../../ui/safe-markdown.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { ago } from '../../../ui/time-format.ts';
import type { FileContent, ProposalDetail } from '../events.ts';
import { explain } from './api-error.ts';
import { FileEditor } from './file-editor.tsx';
import { FileVersions } from './file-versions.tsx';
import type { FileView, ProposalSearch } from './proposal-search.ts';
import { readFile } from './proposals-api.ts';

export interface FilePaneProps {
  readonly proposal: ProposalDetail;
  readonly path: string;
  readonly search: ProposalSearch;
  readonly onSearch: (change: Partial<ProposalSearch>) => void;
}

/** One file: rendered, as it stands, being edited, or against an earlier version. */
export function FilePane({ proposal, path, search, onSearch }: FilePaneProps) {
  const etag = proposal.files.find((file) => file.path === path)?.etag;
  const now = useNow(10_000);
  const isNew = etag === undefined;
  const { data, error, errorUpdatedAt, isFetching, refetch } = useQuery({
    // The feed tells of every change by its etag, which makes it another query.
    queryKey: ['proposals', 'file', proposal.id, path, etag],
    queryFn: ({ signal }) => readFile(proposal.id, path, { signal }),
    enabled: !isNew,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    networkMode: 'always',
  });
  const isMarkdown = /\.(md|markdown)$/i.test(path);
  const view = isNew && search.view !== 'versions' ? 'edit' : (search.view ?? (isMarkdown ? 'rendered' : 'source'));
  const retry = () => void refetch();
  return (
    <section aria-label={path} className="flex min-w-0 flex-1 flex-col max-md:flex-none md:min-h-0">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-1.5">
        <h3 className="min-w-0 font-mono text-xs font-semibold [overflow-wrap:anywhere]">{path}</h3>
        {data && (
          <span className="text-xs text-muted">
            {data.bytes.toLocaleString('en')} bytes, changed{' '}
            {data.changed_by === null ? 'on disk' : `by ${data.changed_by}`} {ago(Date.parse(data.changed_at), now)}
          </span>
        )}
        <div className="ml-auto">
          <SegmentedControl
            label="View"
            options={isMarkdown ? VIEWS : VIEWS.slice(1)}
            value={view}
            onChange={(chosen) => onSearch({ view: chosen, version: undefined })}
          />
        </div>
      </header>
      {error && view !== 'edit' && (
        <RequestFailed
          error={new Error(explain(error))}
          failedAt={errorUpdatedAt}
          isRetrying={isFetching}
          onRetry={retry}
        />
      )}
      {!data && !error && !isNew && <SkeletonRows label="Loading the file…" count={8} />}
      {data && view === 'rendered' && <Rendered file={data} />}
      {data && view === 'source' && <Source file={data} />}
      {data && view === 'versions' && (
        <FileVersions
          proposalId={proposal.id}
          file={data}
          version={search.version}
          onVersion={(version) => onSearch({ version })}
        />
      )}
      {(data || isNew) && view === 'edit' && (
        <FileEditor
          proposal={proposal}
          path={path}
          file={isNew ? undefined : data}
          onSaved={() => onSearch({ view: undefined })}
        />
      )}
    </section>
  );
}

const VIEWS: readonly { readonly value: FileView; readonly text: string }[] = [
  { value: 'rendered', text: 'Rendered' },
  { value: 'source', text: 'Source' },
  { value: 'edit', text: 'Edit' },
  { value: 'versions', text: 'Versions' },
];

function Rendered({ file }: { readonly file: FileContent }) {
  return (
    <section
      aria-label="Rendered text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto bg-surface p-4 outline-offset-[-2px] sm:p-6"
    >
      <SafeMarkdown text={file.content} />
    </section>
  );
}

function Source({ file }: { readonly file: FileContent }) {
  const lines = file.content.split('\n');
  return (
    <section
      aria-label="Source text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto bg-surface py-3 outline-offset-[-2px]"
    >
      <ol className="font-mono text-xs leading-5">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its number
          <li key={index} className="flex gap-3 pr-4">
            <span aria-hidden className="w-10 shrink-0 text-right text-muted select-none">
              {index + 1}
            </span>
            <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{line}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
