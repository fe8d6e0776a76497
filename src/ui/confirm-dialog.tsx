import { lazy, Suspense, useState } from 'react';
import type { ConfirmDialogProps } from './confirm-dialog-box.tsx';

const Box = lazy(() => import('./confirm-dialog-box.tsx').then((module) => ({ default: module.ConfirmDialogBox })));

/** Asks before something is done that cannot be undone. Escape leaves it undone. Its code comes with the first question. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [wasOpen, setWasOpen] = useState(false);
  if (props.isOpen && !wasOpen) setWasOpen(true);
  return wasOpen ? (
    <Suspense>
      <Box {...props} />
    </Suspense>
  ) : null;
}
