/** Three lines of running water. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" className="size-6 shrink-0 text-accent" aria-hidden="true">
      <path
        d="M6 10c3.3-3 6.7-3 10 0s6.7 3 10 0M6 16c3.3-3 6.7-3 10 0s6.7 3 10 0M6 22c3.3-3 6.7-3 10 0s6.7 3 10 0"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
