import { FilterCombobox } from '../../../ui/filter-combobox.tsx';
import { fromLocalInput, type PageSearch, STATUSES, toLocalInput } from './page-search.ts';
import { statusText } from './status-pill.tsx';

export interface AuditFiltersProps {
  readonly search: PageSearch;
  readonly services: readonly string[];
  readonly onSearch: (change: Partial<PageSearch>) => void;
}

/** What the audit shows; every choice begins at the newest page. */
export function AuditFilters({ search, services, onSearch }: AuditFiltersProps) {
  const choose = (change: Partial<PageSearch>) => onSearch({ ...change, page: undefined });
  return (
    <>
      <FilterCombobox
        label="Service"
        options={services}
        value={search.service}
        onChange={(service) => choose({ service })}
      />
      <FilterCombobox
        label="Status"
        options={STATUSES}
        value={search.status}
        format={(status) => statusText(STATUSES.find((known) => known === status) ?? 'stale')}
        onChange={(chosen) => choose({ status: STATUSES.find((status) => status === chosen) })}
      />
      <TimeInput label="From" value={search.from} onChange={(from) => choose({ from })} />
      <TimeInput label="To" value={search.to} onChange={(to) => choose({ to })} />
    </>
  );
}

function TimeInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}) {
  return (
    <label className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line bg-surface pl-2.5 text-muted">
      {label}
      <input
        type="datetime-local"
        step={1}
        value={toLocalInput(value)}
        onChange={(change) => onChange(fromLocalInput(change.target.value))}
        className="h-full rounded-md bg-transparent pr-1.5 text-text"
      />
    </label>
  );
}
