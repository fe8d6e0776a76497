import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

export interface FormDialogProps {
  readonly title: ReactNode;
  readonly isOpen: boolean;
  /** What the button that sends it says. */
  readonly action: string;
  /** While it is being sent, it cannot be sent again. */
  readonly isBusy: boolean;
  /** Why it could not be done. */
  readonly failure: string | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A few questions over the page. Enter sends it, Escape leaves everything as it is. */
export function FormDialog(props: FormDialogProps) {
  const { title, isOpen, action, isBusy, failure, onSubmit, onClose, children } = props;
  return (
    <Dialog.Root open={isOpen} onOpenChange={(willBeOpen) => !willBeOpen && !isBusy && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-120 max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col overflow-y-auto rounded-xl border border-line bg-raised p-4 shadow-2xl outline-none">
          <form
            className="flex flex-col gap-4"
            noValidate
            onSubmit={(submit) => {
              submit.preventDefault();
              if (!isBusy) onSubmit();
            }}
          >
            <Dialog.Title className="text-sm font-semibold [overflow-wrap:anywhere]">{title}</Dialog.Title>
            {children}
            {failure !== undefined && (
              <p role="alert" className="rounded-md bg-bad-ground px-3 py-2 text-bad [overflow-wrap:anywhere]">
                {failure}
              </p>
            )}
            <div className="flex justify-end gap-2">
              <Dialog.Close render={<Button disabled={isBusy} />}>Cancel</Dialog.Close>
              <Button type="submit" look="primary" disabled={isBusy}>
                {action}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
