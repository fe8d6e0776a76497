import Download from 'lucide-react/icons/download';
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import { Button } from '../../../ui/button.tsx';
import { FilterCombobox } from '../../../ui/filter-combobox.tsx';
import { TimeInput } from '../../../ui/time-input.tsx';
import type { AuditLine } from '../events.ts';
import { exportUrl } from './audit-api.ts';
import { type AuditSearch, isFiltered, NO_FILTERS, OUTCOMES } from './audit-search.ts';
import { SignedIn } from './signed-in.tsx';

export interface AuditToolbarProps {
  readonly search: AuditSearch;
  /** What is there to choose from. */
  readonly entries: readonly AuditLine[];
  readonly total: number | undefined;
  readonly isPaused: boolean;
  /** New entries that are not shown while it is paused. */
  readonly held: number;
  readonly onSearch: (change: Partial<AuditSearch>) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
}

/** What the trail shows, whether it moves, and the way to take it along. */
export function AuditToolbar(props: AuditToolbarProps) {
  const { search, entries, total, isPaused, held, onSearch, onPause, onResume } = props;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      {WORDS.map(({ name, label }) => (
        <FilterCombobox
          key={name}
          label={label}
          options={namesOf(entries, name)}
          value={search[name]}
          onChange={(value) => onSearch({ [name]: value })}
        />
      ))}
      <FilterCombobox
        label="Outcome"
        options={OUTCOMES}
        value={search.outcome}
        onChange={(chosen) => onSearch({ outcome: OUTCOMES.find((outcome) => outcome === chosen) })}
      />
      <TimeInput label="From" value={search.from} onChange={(from) => onSearch({ from })} />
      <TimeInput label="To" value={search.to} onChange={(to) => onSearch({ to })} />
      {isFiltered(search) && (
        <Button look="ghost" onClick={() => onSearch(NO_FILTERS)}>
          Clear
        </Button>
      )}
      <span role="status" className="text-muted">
        {total !== undefined && (total === 1 ? '1 entry' : `${total.toLocaleString('en')} entries`)}
      </span>
      <span className="ml-auto flex flex-wrap items-center gap-2">
        <SignedIn />
        {isPaused ? (
          <Button look="primary" onClick={onResume}>
            <Play size={14} aria-hidden /> Resume
            {held > 0 && ` (${held.toLocaleString('en')} new)`}
          </Button>
        ) : (
          <Button onClick={onPause}>
            <Pause size={14} aria-hidden /> Pause
          </Button>
        )}
        {(['csv', 'json'] as const).map((format) => (
          <a
            key={format}
            href={exportUrl(search, format)}
            download={`audit.${format}`}
            className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line bg-surface px-2.5 font-medium hover:bg-hover"
          >
            <Download size={14} aria-hidden />
            <span className="sr-only">Export as </span>
            {format.toUpperCase()}
          </a>
        ))}
      </span>
    </div>
  );
}

const WORDS = [
  { name: 'actor', label: 'Who' },
  { name: 'action', label: 'Action' },
  { name: 'resource_type', label: 'Type' },
  { name: 'resource_id', label: 'Resource' },
] as const;

/** The names among what is loaded; any other can be in the URL. */
function namesOf(entries: readonly AuditLine[], name: (typeof WORDS)[number]['name']): readonly string[] {
  return [...new Set(entries.map((entry) => entry[name]))].filter((value) => value !== '').sort();
}
