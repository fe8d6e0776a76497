import type { ReactNode } from 'react';

export interface StatCardProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  /** Said below the value, for example what it is measured over. */
  readonly note?: ReactNode;
  /** For programs that read the page. */
  readonly marks?: Readonly<Record<`data-${string}`, string | number>>;
}

/** One number with its name; a group of them is a `<dl>`. */
export function StatCard({ label, value, note, marks }: StatCardProps) {
  return (
    <div {...marks} className="flex min-w-0 flex-col justify-center gap-0.5 px-4 py-2.5">
      <dt className="truncate text-2xs font-medium text-muted">{label}</dt>
      <dd className="truncate text-xl leading-7 font-semibold tracking-tight">{value}</dd>
      {note !== undefined && <dd className="truncate text-2xs text-muted">{note}</dd>}
    </div>
  );
}
