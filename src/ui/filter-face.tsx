import ChevronDown from 'lucide-react/icons/chevron-down';
import X from 'lucide-react/icons/x';
import { type ComponentProps, cloneElement, type ReactElement } from 'react';
import { classNames } from './class-names.ts';

export interface FilterComboboxProps {
  readonly label: string;
  readonly options: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  /** Short text for a long option. Default: the option itself. */
  readonly format?: (option: string) => string;
}

/** What is seen while the list is closed. */
export function FilterFace({
  label,
  value,
  onChange,
  format = (option) => option,
  trigger,
}: FilterComboboxProps & { readonly trigger: ReactElement<ComponentProps<'button'>> }) {
  return (
    <div
      className={classNames(
        'inline-flex h-8 min-w-0 items-center rounded-md border bg-surface',
        value === undefined ? 'border-line' : 'border-accent',
      )}
    >
      {cloneElement(
        trigger,
        {
          'aria-label': value === undefined ? label : `${label}: ${value}`,
          className: 'inline-flex h-full min-w-0 items-center gap-1.5 rounded-md px-2.5 hover:bg-hover',
        },
        <span className="shrink-0 text-muted">{label}</span>,
        value !== undefined && <span className="max-w-36 truncate font-medium">{format(value)}</span>,
        value === undefined && <ChevronDown size={14} aria-hidden className="text-muted" />,
      )}
      {value !== undefined && (
        <button
          type="button"
          aria-label={`Clear ${label}`}
          onClick={() => onChange(undefined)}
          className="mr-0.5 inline-flex size-6 items-center justify-center rounded text-muted hover:bg-hover hover:text-text"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}
