// biome-ignore-all lint/a11y/useSemanticElements: browsers style the cells of real tables too slowly, see message-row.tsx
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import type { Ref } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import type { MessageRows } from './message-list.ts';
import type { ListedMessage } from './message-listed.ts';
import { MESSAGE_GRID, MessageRow } from './message-row.tsx';

/** More than fit on a tall screen. */
const SHOWN = 60;

export interface RenderedMessagesProps {
  readonly messages: MessageRows;
  readonly isUnavailable: boolean;
  readonly ref: Ref<HTMLDivElement>;
}

/**
 * The newest messages as a server renders them, which does not know how much of them is in sight: the reversed column
 * shows its end without a script. They stand where the rows of the live table will.
 */
export function RenderedMessages({ messages, isUnavailable, ref }: RenderedMessagesProps) {
  const newest: ListedMessage[] = [];
  for (let index = Math.max(0, messages.length - SHOWN); index < messages.length; index += 1) {
    const message = messages.at(index);
    if (message) newest.push(message);
  }
  return (
    <div
      ref={ref}
      role="log"
      aria-live="off"
      aria-label="Messages"
      className="@container flex min-h-0 flex-1 flex-col bg-surface"
    >
      <MessagesHead />
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto"
      >
        <table aria-label="Messages, oldest first" className="mb-auto block w-full">
          <tbody className="block">
            {newest.map((message) => (
              <MessageRow key={message.seq} message={message} isUnavailable={isUnavailable} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The heads of the columns; small screens have none. */
export function MessagesHead() {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 block max-sm:sr-only">
      <div
        role="row"
        aria-rowindex={1}
        className={classNames('h-7 border-b border-line bg-ground px-4 text-left text-2xs text-muted', MESSAGE_GRID)}
      >
        {['Sent', 'Channel', 'User', 'Text'].map((name) => (
          <div key={name} role="columnheader" className="truncate font-medium">
            {name}
          </div>
        ))}
      </div>
    </div>
  );
}
