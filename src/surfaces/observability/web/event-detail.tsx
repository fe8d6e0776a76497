import X from 'lucide-react/icons/x';
import { type ReactNode, useEffect } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { hueClass } from '../../../ui/hue.ts';
import { age, fullTime } from '../../../ui/time-format.ts';
import type { EventFilters } from './event-filters.ts';
import { headline, type ListedEvent } from './listed-event.ts';
import { prettyJson } from './pretty-json.ts';

export interface EventDetailProps {
  readonly event: ListedEvent;
  readonly onClose: () => void;
  readonly onFilter: (change: Partial<EventFilters>) => void;
}

/** Everything known about one event, beside the list so that its rows keep their height. */
export function EventDetail({ event, onClose, onFilter }: EventDetailProps) {
  const now = useNow(1_000);
  useEffect(() => {
    const close = (key: KeyboardEvent) => key.key === 'Escape' && onClose();
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <aside
      aria-label="Event details"
      className="z-30 flex flex-col overflow-y-auto border-line bg-surface max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:max-h-[75dvh] max-lg:rounded-t-xl max-lg:border-t max-lg:shadow-2xl lg:w-104 lg:border-l"
    >
      <header className="sticky top-0 flex items-center gap-2 border-b border-line bg-surface py-1.5 pr-2 pl-4">
        <h2 className="truncate font-semibold">{event.event_type}</h2>
        <span className="text-muted">#{event.id}</span>
        <Button look="ghost" isIcon className="ml-auto" aria-label="Close event details" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      <div className="flex flex-col gap-4 p-4">
        <p className="text-sm leading-5 break-words">{headline(event)}</p>
        <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          <Field name="Happened">
            {fullTime(event.at)} <span className="text-muted">({ago(age(event.at, now))})</span>
          </Field>
          <Field name="Stored">{fullTime(Date.parse(event.created_at))}</Field>
          <Field name="App">
            <FilterLink text={event.source_app} onClick={() => onFilter({ source_app: event.source_app })} />
          </Field>
          {event.session_id !== undefined && (
            <Field name="Session">
              <FilterLink text={event.session_id} isMono onClick={() => onFilter({ session_id: event.session_id })} />
            </Field>
          )}
          {event.agent_id !== undefined && (
            <Field name="Sub-agent">
              {event.agent_type} <span className="font-mono text-xs text-muted">{event.agent_id}</span>
            </Field>
          )}
          {event.tool_name !== undefined && (
            <Field name="Tool">
              <span className="font-mono text-xs">{event.tool_name}</span>
            </Field>
          )}
        </dl>
        {event.metadata === undefined ? (
          <p className="text-muted">This event has no metadata.</p>
        ) : (
          <CodeBlock title="Metadata" isWrapped text={prettyJson(event.metadata)} />
        )}
      </div>
    </aside>
  );
}

function ago(text: string): string {
  return text === 'now' ? 'now' : `${text} ago`;
}

function Field({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

interface FilterLinkProps {
  readonly text: string;
  readonly isMono?: boolean;
  readonly onClick: () => void;
}

function FilterLink({ text, isMono = false, onClick }: FilterLinkProps) {
  return (
    <button
      type="button"
      title={`Show only ${text}`}
      onClick={onClick}
      className={classNames(
        'text-left break-all underline-offset-2 hover:underline',
        isMono && 'font-mono text-xs',
        hueClass(text),
      )}
    >
      {text}
    </button>
  );
}
