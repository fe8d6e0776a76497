import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import { memo, useCallback } from 'react';
import { Button } from '../../../ui/button.tsx';
import { DelayedSearch } from '../../../ui/delayed-search.tsx';
import { FilterCombobox } from '../../../ui/filter-combobox.tsx';
import { shortId } from '../../../ui/time-format.ts';
import type { EventFilters } from './event-filters.ts';
import type { FilterChoicesView } from './filter-choices.ts';

export interface EventToolbarProps {
  readonly choices: FilterChoicesView;
  readonly isPaused: boolean;
  /** Matching events held back by the pause. */
  readonly held: number;
  /** How many match; undefined without filters. */
  readonly matching: number | undefined;
  readonly filters: EventFilters;
  readonly onFilter: (change: Partial<EventFilters>) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly hasSessionsOpen: boolean;
  readonly onSessions: () => void;
}

/** Search, filters, and holding the list still. */
export const EventToolbar = memo(function EventToolbar(props: EventToolbarProps) {
  const { choices, isPaused, held, matching, filters, onFilter, onPause, onResume } = props;
  const search = useCallback((text: string) => onFilter({ q: text === '' ? undefined : text }), [onFilter]);
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      <DelayedSearch label="Search events" text={filters.q ?? ''} onSearch={search} />
      <FilterCombobox
        label="App"
        options={choices.apps}
        value={filters.source_app}
        onChange={(source_app) => onFilter({ source_app })}
      />
      <FilterCombobox
        label="Session"
        options={choices.sessions}
        value={filters.session_id}
        onChange={(session_id) => onFilter({ session_id })}
        format={shortId}
      />
      <FilterCombobox
        label="Type"
        options={choices.types}
        value={filters.event_type}
        onChange={(event_type) => onFilter({ event_type })}
      />
      <Button className="lg:hidden" aria-expanded={props.hasSessionsOpen} onClick={props.onSessions}>
        Sessions
      </Button>
      {matching !== undefined && (
        <span className="flex items-center gap-1 text-muted">
          <span role="status">{matching.toLocaleString('en')} matching</span>
          <Button
            look="ghost"
            onClick={() =>
              onFilter({ source_app: undefined, session_id: undefined, event_type: undefined, q: undefined })
            }
          >
            Clear
          </Button>
        </span>
      )}
      <Button className="ml-auto" onClick={isPaused ? onResume : onPause} aria-pressed={isPaused}>
        {isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        {isPaused ? 'Resume' : 'Pause'}
        {isPaused && held > 0 && (
          <span className="rounded-full bg-accent px-1.5 text-2xs text-on-accent">
            {held.toLocaleString('en')} held
          </span>
        )}
      </Button>
    </div>
  );
});
