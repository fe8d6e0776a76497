import Search from 'lucide-react/icons/search';
import type { ComponentProps } from 'react';

export interface SearchInputProps extends Omit<ComponentProps<'input'>, 'type'> {
  readonly label: string;
}

export function SearchInput({ label, ...rest }: SearchInputProps) {
  return (
    <div className="relative min-w-0 flex-1 basis-48">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-2 left-2.5 text-muted" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-8 placeholder:text-muted"
        {...rest}
      />
    </div>
  );
}
