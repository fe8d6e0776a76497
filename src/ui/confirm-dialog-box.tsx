import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

export interface ConfirmDialogProps {
  readonly title: ReactNode;
  readonly isOpen: boolean;
  /** What the button that does it says. */
  readonly action: string;
  /** While it is being done, nothing can be chosen. */
  readonly isBusy?: boolean;
  /** Why it could not be done. */
  readonly failure?: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** What `ConfirmDialog` shows. */
export function ConfirmDialogBox(props: ConfirmDialogProps) {
  const { title, isOpen, action, isBusy = false, failure, onConfirm, onClose, children } = props;
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(willBeOpen) => !willBeOpen && !isBusy && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-104 max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-xl border border-line bg-raised p-4 shadow-2xl outline-none">
          <AlertDialog.Title className="text-sm font-semibold [overflow-wrap:anywhere]">{title}</AlertDialog.Title>
          {children}
          {failure !== undefined && (
            <p role="alert" className="rounded-md bg-bad-ground px-3 py-2 text-bad">
              {failure}
            </p>
          )}
          <div className="flex justify-end gap-2">
            <AlertDialog.Close render={<Button disabled={isBusy} />}>Cancel</AlertDialog.Close>
            <Button look="danger" disabled={isBusy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
