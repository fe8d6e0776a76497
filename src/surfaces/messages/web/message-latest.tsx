import { classNames } from '../../../ui/class-names.ts';
import { useMessageLinks } from './message-link.ts';
import type { ListedMessage } from './message-listed.ts';
import { MESSAGE_GRID, MessageRow } from './message-row.tsx';

export interface LatestMessagesProps {
  /** Oldest first; few enough that all rows may exist. */
  readonly messages: readonly ListedMessage[];
  readonly label: string;
  readonly isUnavailable?: boolean;
}

/**
 * The newest messages, appended at the bottom. A screen reader is not told of each: at a thousand a second nobody could
 * listen.
 */
export function LatestMessages({ messages, label, isUnavailable = false }: LatestMessagesProps) {
  const followLinks = useMessageLinks();
  return (
    // The reversed column keeps the end in sight while rows are appended, without a script.
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only sees the clicks of links, which keys make too
    <div
      role="log"
      aria-live="off"
      aria-label={label}
      onClick={followLinks}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="@container flex min-h-0 flex-1 flex-col-reverse overflow-y-auto bg-surface [overflow-anchor:none]"
    >
      <table className="mt-auto block w-full">
        <thead className="sr-only">
          <tr className={classNames('text-left', MESSAGE_GRID)}>
            <th scope="col">Sent</th>
            <th scope="col">Channel</th>
            <th scope="col">User</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        <tbody className="block">
          {messages.map((message) => (
            <MessageRow key={message.seq} message={message} isUnavailable={isUnavailable} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
