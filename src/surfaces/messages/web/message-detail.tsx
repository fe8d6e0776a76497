import { Link } from '@tanstack/react-router';
import X from 'lucide-react/icons/x';
import { type ReactNode, useEffect } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { hueClass } from '../../../ui/hue.ts';
import { usePageOrigin } from '../../../ui/page-origin.ts';
import { ago, fullTime } from '../../../ui/time-format.ts';
import { messageHref } from './message-link.ts';
import type { ListedMessage } from './message-listed.ts';
import { type MessagesSearch, NO_FILTERS } from './messages-search.ts';

export interface MessageDetailProps {
  readonly message: ListedMessage;
  /** Whether the list shows only some messages, so that this one can be shown among the others. */
  readonly isFiltered: boolean;
  readonly onClose: () => void;
  readonly onSearch: (change: Partial<MessagesSearch>) => void;
}

/** One message in full, beside the list so that its rows keep their height. */
export function MessageDetail({ message, isFiltered, onClose, onSearch }: MessageDetailProps) {
  const now = useNow(1_000);
  const origin = usePageOrigin();
  useEffect(() => {
    const close = (key: KeyboardEvent) => key.key === 'Escape' && onClose();
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [onClose]);
  const { channel, user } = message;
  return (
    <aside
      aria-label="Message details"
      className="z-30 flex flex-col overflow-y-auto border-line bg-surface max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:max-h-[75dvh] max-lg:rounded-t-xl max-lg:border-t max-lg:shadow-2xl lg:w-104 lg:border-l"
    >
      <header className="sticky top-0 flex items-center gap-2 border-b border-line bg-surface py-1.5 pr-2 pl-4">
        <h2 className={classNames('truncate font-semibold', hueClass(user ?? ''))}>
          {user === null ? 'Deleted user' : (message.display_name ?? user)}
        </h2>
        <Button look="ghost" isIcon className="ml-auto" aria-label="Close message details" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      <div className="flex flex-col gap-4 p-4">
        <p dir="auto" className="text-sm leading-5 break-words whitespace-pre-wrap">
          {message.text}
        </p>
        <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          <Field name="Sent">
            {fullTime(message.at)} <span className="text-muted">({ago(message.at, now)})</span>
          </Field>
          <Field name="Received">{fullTime(Date.parse(message.received_at))}</Field>
          {channel !== null && (
            <Field name="Channel">
              <button
                type="button"
                title={`Show only ${channel}`}
                onClick={() => onSearch({ channel, around: undefined })}
                className="text-left break-all underline underline-offset-2 hover:no-underline"
              >
                {channel}
              </button>
            </Field>
          )}
          {user !== null && (
            <Field name="User">
              <Link
                to={`/users/${encodeURIComponent(user)}`}
                className="break-all underline underline-offset-2 hover:no-underline"
              >
                {user}
              </Link>
            </Field>
          )}
          {message.connector !== undefined && <Field name="Connector">{message.connector}</Field>}
          <Field name="Id">
            <span className="font-mono text-xs break-all">{message.id}</span>
          </Field>
        </dl>
        <div className="flex flex-wrap gap-2">
          {isFiltered && (
            <Button onClick={() => onSearch({ ...NO_FILTERS, around: message.id })}>Show in context</Button>
          )}
          <span className="inline-flex items-center gap-1 text-muted">
            Copy link <CopyButton text={`${origin}${messageHref(message.id)}`} label="link" />
          </span>
        </div>
      </div>
    </aside>
  );
}

function Field({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
