import { useState } from 'react';
import { classNames } from './class-names.ts';

/** A value that is marked for a moment when it changes; without motion it only changes. */
export function ChangedValue({ text }: { readonly text: string }) {
  const [first] = useState(text);
  // A new key makes a new element, which runs the animation from its beginning.
  return (
    <span key={text} className={classNames('-mx-1 rounded px-1 tabular-nums', text !== first && 'animate-changed')}>
      {text}
    </span>
  );
}
