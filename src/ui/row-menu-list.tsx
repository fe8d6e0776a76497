import { Menu } from '@base-ui/react/menu';
import type { RefObject } from 'react';
import { classNames } from './class-names.ts';

export interface RowMenuItem {
  readonly text: string;
  /** Default false. Said in the colour of what cannot be undone. */
  readonly isDangerous?: boolean;
  readonly onChoose: () => void;
}

export interface RowMenuListProps {
  readonly items: readonly RowMenuItem[];
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** The list of a `RowMenu`, beside its button, which has the focus again when it closes. */
export function RowMenuList({ items, button, isOpen, onOpenChange }: RowMenuListProps) {
  return (
    <Menu.Root open={isOpen} onOpenChange={onOpenChange}>
      {/* Inside the page's main part, where whoever goes by landmarks finds it. */}
      <Menu.Portal container={button.current?.closest('main') ?? null}>
        <Menu.Positioner anchor={button} align="end" sideOffset={4} className="z-40">
          <Menu.Popup
            finalFocus={button}
            className="min-w-44 rounded-lg border border-line-strong bg-raised p-1 shadow-lg outline-none"
          >
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
}
