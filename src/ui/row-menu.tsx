import Ellipsis from 'lucide-react/icons/ellipsis';
import { lazy, memo, Suspense, useRef, useState } from 'react';
import { Button } from './button.tsx';
import type { RowMenuItem } from './row-menu-list.tsx';

export interface RowMenuProps {
  /** What its button is called, for example `More about #general`. */
  readonly label: string;
  readonly items: readonly RowMenuItem[];
}

const load = () => import('./row-menu-list.tsx');
const List = lazy(() => load().then((module) => ({ default: module.RowMenuList })));

/** What can be done with one row, behind three dots. The code of the list comes when somebody is near the first. */
export const RowMenu = memo(function RowMenu({ label, items }: RowMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  const preload = () => void load();
  const open = () => {
    setOpen(true);
    setWasOpen(true);
  };
  return (
    <>
      <Button
        ref={button}
        look="ghost"
        isIcon
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={open}
      >
        <Ellipsis size={16} aria-hidden />
      </Button>
      {wasOpen && (
        <Suspense>
          <List items={items} button={button} isOpen={isOpen} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
});
