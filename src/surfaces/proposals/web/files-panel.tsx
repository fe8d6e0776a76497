import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { asSentence } from '../../../ui/as-sentence.ts';
import { classNames } from '../../../ui/class-names.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import type { FileEntry, ProposalDetail } from '../events.ts';
import { FilePane } from './file-pane.tsx';
import { NewFileDialog } from './new-file-dialog.tsx';
import type { ProposalSearch } from './proposal-search.ts';

export interface FilesPanelProps {
  readonly proposal: ProposalDetail;
  readonly search: ProposalSearch;
  readonly onSearch: (change: Partial<ProposalSearch>) => void;
}

/** The files of a change, and one of them in full. */
export function FilesPanel({ proposal, search, onSearch }: FilesPanelProps) {
  const [isAsking, setAsking] = useState(false);
  const { files, hindrances } = proposal;
  const path = search.file ?? firstOf(files);
  const choose = (file: string) => onSearch({ file, view: undefined, version: undefined });
  const hindrance = hindrances.edit && asSentence(hindrances.edit);
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto md:flex-row">
      <nav
        aria-label="Files"
        className="flex shrink-0 flex-col gap-1 border-line bg-ground p-2 max-md:border-b md:w-64 md:overflow-y-auto md:border-r"
      >
        <ul className="flex max-md:max-h-36 flex-col overflow-y-auto">
          {files.map((file) => (
            <li key={file.path}>
              <button
                type="button"
                aria-current={file.path === path ? 'true' : undefined}
                onClick={() => choose(file.path)}
                className={classNames(
                  'w-full rounded-md px-2 py-1.5 text-left outline-offset-[-2px] hover:bg-hover',
                  file.path === path && 'bg-selected hover:bg-selected',
                )}
              >
                <span className="block font-mono text-xs [overflow-wrap:anywhere]">{file.path}</span>
              </button>
            </li>
          ))}
          {files.length === 0 && <li className="px-2 py-1.5 text-muted">No files yet.</li>}
        </ul>
        <ExplainedButton look="ghost" align="start" hindrance={hindrance} onClick={() => setAsking(true)}>
          <Plus size={14} aria-hidden /> New file
        </ExplainedButton>
      </nav>
      {path === undefined ? (
        <p className="p-6 text-muted">This change has no files.</p>
      ) : (
        <FilePane key={path} proposal={proposal} path={path} search={search} onSearch={onSearch} />
      )}
      {isAsking && (
        <NewFileDialog
          files={files}
          onChoose={(file) => {
            setAsking(false);
            onSearch({ file, view: 'edit', version: undefined });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** What a proposal says of itself, before its tasks and specs. */
function firstOf(files: readonly FileEntry[]): string | undefined {
  return files.find(({ path }) => path === 'proposal.md')?.path ?? files[0]?.path;
}
