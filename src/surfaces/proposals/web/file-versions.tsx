import { useQuery } from '@tanstack/react-query';
import { classNames } from '../../../ui/class-names.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { fullTime } from '../../../ui/time-format.ts';
import type { FileContent } from '../events.ts';
import { explain } from './api-error.ts';
import { DiffView } from './diff-view.tsx';
import { readFile } from './proposals-api.ts';

export interface FileVersionsProps {
  readonly proposalId: string;
  readonly file: FileContent;
  /** The `seq` of the version that is compared with the file. */
  readonly version: string | undefined;
  readonly onVersion: (version: string) => void;
}

/** Every version that is known of a file, each against how it stands now. */
export function FileVersions({ proposalId, file, version, onVersion }: FileVersionsProps) {
  // The newest version is the file itself: what changed last shows against the one before.
  const chosen = version === undefined ? (file.versions[1] ?? file.versions[0])?.seq : Number(version);
  if (file.versions.length === 0) {
    return <p className="p-6 text-muted">It has not been changed since Millrace has known it.</p>;
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface lg:flex-row">
      <ol aria-label="Versions, newest first" className="shrink-0 p-2 max-lg:max-h-40 max-lg:overflow-y-auto lg:w-64">
        {file.versions.map(({ seq, changed_by, changed_at }, index) => (
          <li key={seq}>
            <button
              type="button"
              aria-current={seq === chosen ? 'true' : undefined}
              onClick={() => onVersion(String(seq))}
              className={classNames(
                'w-full rounded-md px-2 py-1.5 text-left outline-offset-[-2px] hover:bg-hover',
                seq === chosen && 'bg-selected hover:bg-selected',
              )}
            >
              <span className="block">{fullTime(Date.parse(changed_at))}</span>
              <span className="block text-xs text-muted">
                {changed_by === null ? 'on disk' : `by ${changed_by}`}
                {index === 0 && ', newest'}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className="min-w-0 flex-1 border-line py-3 max-lg:border-t lg:border-l">
        {chosen !== undefined && <Comparison proposalId={proposalId} file={file} seq={chosen} />}
      </div>
    </div>
  );
}

interface ComparisonProps {
  readonly proposalId: string;
  readonly file: FileContent;
  readonly seq: number;
}

function Comparison({ proposalId, file, seq }: ComparisonProps) {
  const { data, error } = useQuery({
    queryKey: ['proposals', 'version', proposalId, file.path, seq],
    queryFn: ({ signal }) => readFile(proposalId, file.path, { version: seq, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    networkMode: 'always',
  });
  if (error) return <p className="px-4 py-3 text-muted">This version cannot be shown: {explain(error)}</p>;
  if (!data) return <SkeletonRows label="Loading the version…" count={4} />;
  return <DiffView label="From this version to the file as it is" before={data.content} after={file.content} />;
}
