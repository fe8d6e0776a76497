import { Menu } from '@base-ui/react/menu';
import Ellipsis from 'lucide-react/icons/ellipsis';
import { memo, useRef } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

export interface RowMenuItem {
  readonly text: string;
  /** Default false. Said in the colour of what cannot be undone. */
  readonly isDangerous?: boolean;
  readonly onChoose: () => void;
}

export interface RowMenuProps {
  /** What its button is called, for example `More about #general`. */
  readonly label: string;
  readonly items: readonly RowMenuItem[];
}

/** What can be done with one row, behind three dots. */
export const RowMenu = memo(function RowMenu({ label, items }: RowMenuProps) {
  const page = useRef<HTMLElement>(null);
  return (
    <Menu.Root>
      <Menu.Trigger
        // Inside the page's main part, where whoever goes by landmarks finds it.
        ref={(button: HTMLElement | null) => {
          page.current = button?.closest('main') ?? null;
        }}
        render={<Button look="ghost" isIcon aria-label={label} />}
      >
        <Ellipsis size={16} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal container={page}>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className="min-w-44 rounded-lg border border-line-strong bg-raised p-1 shadow-lg outline-none">
            {items.map(({ text, isDangerous = false, onChoose }) => (
              <Menu.Item
                key={text}
                onClick={onChoose}
                className={classNames(
                  'cursor-default rounded px-2 py-1.5 outline-none data-highlighted:bg-selected',
                  isDangerous && 'text-bad',
                )}
              >
                {text}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});
