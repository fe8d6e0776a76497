/** A value that is marked for a moment when it changes; without motion it only changes. */
export function ChangedValue({ text }: { readonly text: string }) {
  // A new key makes a new element, which runs the animation from its beginning.
  return (
    <span key={text} className="animate-changed -mx-1 rounded px-1 tabular-nums">
      {text}
    </span>
  );
}
