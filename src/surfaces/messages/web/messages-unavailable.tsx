import type { Unavailable } from './messages-view.ts';

/** Says that what the page is filtered by is gone; what was shown stays, and everything else goes on. */
export function UnavailableNotice({ kind, name, history }: Unavailable) {
  return (
    <p role="status" className="border-b border-line bg-warn-ground px-4 py-1.5 text-text">
      <strong className="font-semibold text-warn">
        The {kind} {name} was deleted.
      </strong>{' '}
      {history === 'keep' ? 'Its messages are kept without the name.' : 'Its messages were deleted with it.'} What you
      see was received before.
    </p>
  );
}
