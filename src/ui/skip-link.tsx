/** The first thing a keyboard reaches: jumps over the navigation. */
export function SkipLink({ id, target }: { readonly id?: string; readonly target: string }) {
  return (
    <a
      id={id}
      href={`#${target}`}
      className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
    >
      Skip to content
    </a>
  );
}
