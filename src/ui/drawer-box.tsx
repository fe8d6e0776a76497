import { Dialog } from '@base-ui/react/dialog';
import X from 'lucide-react/icons/x';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

export interface DrawerProps {
  readonly title: ReactNode;
  /** What follows the title in its line. */
  readonly aside?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** What `Drawer` shows. */
export function DrawerBox({ title, aside, isOpen, onClose, children }: DrawerProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(willBeOpen) => !willBeOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/25 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed z-50 flex flex-col overflow-hidden border-line bg-surface shadow-2xl transition-transform outline-none max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[88dvh] max-sm:rounded-t-xl max-sm:border-t max-sm:data-ending-style:translate-y-full max-sm:data-starting-style:translate-y-full sm:inset-y-0 sm:right-0 sm:w-128 sm:border-l sm:data-ending-style:translate-x-full sm:data-starting-style:translate-x-full">
          <header className="flex items-center gap-3 border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title className="min-w-0 truncate text-sm font-semibold">{title}</Dialog.Title>
            {aside}
            <Dialog.Close render={<Button look="ghost" isIcon className="ml-auto" aria-label="Close" />}>
              <X size={16} aria-hidden />
            </Dialog.Close>
          </header>
          <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
