import { useQuery } from '@tanstack/react-query';
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import { memo, useCallback, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { DelayedSearch } from '../../../ui/delayed-search.tsx';
import { FilterCombobox } from '../../../ui/filter-combobox.tsx';
import { TimeInput } from '../../../ui/time-input.tsx';
import { MAX_COUNTED } from '../events.ts';
import { messagesApi } from './messages-api.ts';
import { isFiltered, MAX_SEARCH, type MessagesSearch } from './messages-search.ts';

export interface MessagesToolbarProps {
  readonly search: MessagesSearch;
  readonly isPaused: boolean;
  /** Messages held back by the pause. */
  readonly held: number;
  /** How many match; undefined while they are searched, and without filters. */
  readonly matching: number | undefined;
  readonly onSearch: (change: Partial<MessagesSearch>) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onClear: () => void;
}

/** Search, filters, and holding the list still. */
export const MessagesToolbar = memo(function MessagesToolbar(props: MessagesToolbarProps) {
  const { search, isPaused, held, matching, onSearch, onPause, onResume, onClear } = props;
  const filter = useCallback(
    (change: Partial<MessagesSearch>) => onSearch({ around: undefined, ...change }),
    [onSearch],
  );
  const find = useCallback((text: string) => filter({ q: text === '' ? undefined : text }), [filter]);
  const chooseFrom = useCallback((from: string | undefined) => filter({ from }), [filter]);
  const chooseTo = useCallback((to: string | undefined) => filter({ to }), [filter]);
  const names = useNames();
  const [hasTimes, setTimesOpen] = useState(search.from !== undefined || search.to !== undefined);
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      <DelayedSearch label="Search messages" text={search.q ?? ''} onSearch={find} maxLength={MAX_SEARCH} />
      <FilterCombobox
        label="Channel"
        options={names.channels}
        value={search.channel}
        onChange={(channel) => filter({ channel })}
      />
      <FilterCombobox label="User" options={names.users} value={search.user} onChange={(user) => filter({ user })} />
      <Button className="lg:hidden" aria-expanded={hasTimes} onClick={() => setTimesOpen(!hasTimes)}>
        Times
      </Button>
      <span className={hasTimes ? 'flex flex-wrap gap-2 max-lg:basis-full' : 'hidden gap-2 lg:flex'}>
        <TimeInput label="From" value={search.from} onChange={chooseFrom} />
        <TimeInput label="To" value={search.to} onChange={chooseTo} />
      </span>
      {isFiltered(search) && (
        <span className="flex items-center gap-1 text-muted">
          <span role="status">
            {matching === undefined ? 'Searching…' : `${matchingWords(matching, search)} matching`}
          </span>
          <Button look="ghost" onClick={onClear}>
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

/** Where text or times are searched, the server counts so far and no further. */
function matchingWords(matching: number, { q, from, to }: MessagesSearch): string {
  const isCut = matching >= MAX_COUNTED && [q, from, to].some((filter) => filter !== undefined);
  return isCut ? `${MAX_COUNTED.toLocaleString('en')}+` : matching.toLocaleString('en');
}

const NAMES_FRESH_MS = 10_000;
const NO_NAMES: readonly string[] = [];

/** The busiest channels and users, to choose from; another name can be given in the URL. */
function useNames() {
  const options = { staleTime: NAMES_FRESH_MS, refetchInterval: NAMES_FRESH_MS, retry: false } as const;
  const channels = useQuery({
    queryKey: ['messages', 'channel-names'],
    queryFn: ({ signal }) => messagesApi.channelNames(signal),
    ...options,
  });
  const users = useQuery({
    queryKey: ['messages', 'user-names'],
    queryFn: ({ signal }) => messagesApi.userNames(signal),
    ...options,
  });
  return { channels: channels.data ?? NO_NAMES, users: users.data ?? NO_NAMES };
}
