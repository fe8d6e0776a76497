const WIDTHS = ['w-40', 'w-28', 'w-52', 'w-36', 'w-44', 'w-32'] as const;

/** The shape of rows that are on their way. */
export function SkeletonRows({ label, count = 6 }: { readonly label: string; readonly count?: number }) {
  return (
    <div className="bg-surface">
      <p role="status" className="sr-only">
        {label}
      </p>
      {Array.from({ length: count }, (_, index) => (
        <div
          key={WIDTHS[index] ?? index}
          aria-hidden
          className="flex h-9 animate-pulse items-center gap-4 border-b border-line px-4"
        >
          <span className="h-3 w-20 rounded bg-hover" />
          <span className={`h-3 rounded bg-hover ${WIDTHS[index % WIDTHS.length]}`} />
          <span className="ml-auto h-3 w-16 rounded bg-hover" />
        </div>
      ))}
    </div>
  );
}
