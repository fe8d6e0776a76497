import { Combobox } from '@base-ui/react/combobox';
import Check from 'lucide-react/icons/check';
import { type FilterComboboxProps, FilterFace } from './filter-face.tsx';

/** What `FilterCombobox` is once it was asked for: open at first. */
export function LiveCombobox(props: FilterComboboxProps) {
  const { label, options, value, onChange } = props;
  const items = value === undefined || options.includes(value) ? options : [value, ...options];
  return (
    <Combobox.Root
      defaultOpen
      items={items}
      value={value ?? null}
      onValueChange={(chosen: string | null) => onChange(chosen ?? undefined)}
    >
      <FilterFace {...props} trigger={<Combobox.Trigger />} />
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
