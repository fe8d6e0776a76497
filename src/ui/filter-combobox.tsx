import { Combobox } from '@base-ui/react/combobox';
import Check from 'lucide-react/icons/check';
import ChevronDown from 'lucide-react/icons/chevron-down';
import X from 'lucide-react/icons/x';
import { type ComponentProps, cloneElement, type ReactElement } from 'react';
import { useHydrated } from '../react/rendered.tsx';
import { classNames } from './class-names.ts';

export interface FilterComboboxProps {
  readonly label: string;
  readonly options: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  /** Short text for a long option. Default: the option itself. */
  readonly format?: (option: string) => string;
}

/** A filter by one of many names: a button that opens a list one can type into, and a button that clears it. */
export function FilterCombobox(props: FilterComboboxProps) {
  // The library's own markup needs inline styles, which a page from a server may not have.
  return useHydrated() ? <LiveCombobox {...props} /> : <Face {...props} trigger={<button type="button" />} />;
}

/** What is seen while the list is closed. */
function Face({
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

function LiveCombobox(props: FilterComboboxProps) {
  const { label, options, value, onChange } = props;
  const items = value === undefined || options.includes(value) ? options : [value, ...options];
  return (
    <Combobox.Root
      items={items}
      value={value ?? null}
      onValueChange={(chosen: string | null) => onChange(chosen ?? undefined)}
    >
      <Face {...props} trigger={<Combobox.Trigger />} />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="z-40">
          <Combobox.Popup
            aria-label={label}
            className="w-72 max-w-[calc(100vw-1rem)] overflow-hidden rounded-lg border border-line-strong bg-raised shadow-lg"
          >
            <Combobox.Input
              aria-label={`Find ${label}`}
              placeholder="Type to find…"
              className="h-9 w-full border-b border-line bg-transparent px-3 outline-none placeholder:text-muted"
            />
            <Combobox.Empty className="px-3 text-muted not-empty:py-2">Nothing by that name.</Combobox.Empty>
            <Combobox.List className="max-h-72 overflow-y-auto p-1 empty:p-0">
              {(item: string) => (
                <Combobox.Item
                  key={item}
                  value={item}
                  className="flex items-center gap-2 rounded px-2 py-1.5 data-highlighted:bg-selected"
                >
                  <span className="truncate">{item}</span>
                  <Combobox.ItemIndicator className="ml-auto text-accent">
                    <Check size={14} aria-hidden />
                  </Combobox.ItemIndicator>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
