import { Menu } from '@base-ui/react/menu';
import ChevronDown from 'lucide-react/icons/chevron-down';
import { type ReactNode, useRef } from 'react';
import { Button } from './button.tsx';

export interface Choice {
  readonly text: string;
  /** Why it cannot be chosen now; it can be when this is undefined. */
  readonly hindrance?: string | undefined;
  readonly onChoose: () => void;
}

export interface ChoiceMenuProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  /** What the button shows. */
  readonly children: ReactNode;
}

/** A button that opens a list of what can be done, and says of the rest why it cannot. */
export function ChoiceMenu({ label, choices, children }: ChoiceMenuProps) {
  const page = useRef<HTMLElement>(null);
  return (
    <Menu.Root>
      <Menu.Trigger
        // Inside the page's main part, where whoever goes by landmarks finds it.
        ref={(button: HTMLElement | null) => {
          page.current = button?.closest('main') ?? null;
        }}
        render={<Button className="h-7 px-2" aria-label={label} />}
      >
        {children}
        <ChevronDown size={14} aria-hidden className="text-muted" />
      </Menu.Trigger>
      <Menu.Portal container={page}>
        <Menu.Positioner align="start" sideOffset={4} className="z-40">
          <Menu.Popup className="max-w-72 min-w-44 rounded-lg border border-line-strong bg-raised p-1 shadow-lg outline-none">
            {choices.map(({ text, hindrance, onChoose }) => (
              <Menu.Item
                key={text}
                // Can be reached all the same, so that the reason can be read.
                aria-disabled={hindrance !== undefined}
                closeOnClick={hindrance === undefined}
                onClick={hindrance === undefined ? onChoose : undefined}
                className="block cursor-default rounded px-2 py-1.5 outline-none data-highlighted:bg-selected"
              >
                <span className={hindrance === undefined ? '' : 'text-muted'}>{text}</span>
                {hindrance !== undefined && <span className="block text-xs text-muted">{hindrance}</span>}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
