import { FilterCombobox } from '../../../ui/filter-combobox.tsx';
import { TimeInput } from '../../../ui/time-input.tsx';
import { type PageSearch, STATUSES } from './page-search.ts';
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
