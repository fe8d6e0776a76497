import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import type { Tone } from '../../../ui/connection-words.ts';
import { Pill } from '../../../ui/pill.tsx';
import { ago, clockMinute, fullTime } from '../../../ui/time-format.ts';
import type { Alert, Severity } from '../events.ts';
import { titleOf } from './alert-title.ts';

const SEVERITY: Record<Severity, { readonly text: string; readonly tone: Tone }> = {
  critical: { text: 'Critical', tone: 'bad' },
  warning: { text: 'Warning', tone: 'warn' },
  info: { text: 'Info', tone: 'info' },
};

export interface AlertRowProps {
  readonly id: string;
  readonly alert: Alert;
  readonly now: number;
  /** Rejects with a sentence that says why it was not done. */
  readonly onAcknowledge: (id: string) => Promise<void>;
}

/** One open alert, and the button that says somebody has seen it. */
export function AlertRow({ id, alert, now, onAcknowledge }: AlertRowProps) {
  const row = useRef<HTMLLIElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const acknowledge = async () => {
    setIsBusy(true);
    setFailure(undefined);
    try {
      await onAcknowledge(alert.id);
      // The button that had the focus is gone.
      row.current?.focus();
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setIsBusy(false);
    }
  };
  const isAcknowledged = alert.acknowledged_at !== null;
  return (
    <li
      ref={row}
      id={id}
      tabIndex={-1}
      data-alert-code={alert.code}
      data-alert-severity={alert.severity}
      className="flex items-start gap-3 px-4 py-2.5 -outline-offset-2 max-sm:flex-wrap"
    >
      <span className="flex w-17 shrink-0">
        <SeverityPill severity={alert.severity} />
      </span>
      <div className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">
        <p className="font-medium [overflow-wrap:anywhere]">
          <Title alert={alert} />
        </p>
        <p className="text-muted [overflow-wrap:anywhere]">{alert.message}</p>
        <p className="text-2xs text-muted">
          {alert.count > 1 &&
            `${alert.count.toLocaleString('en')} times since ${clockMinute(Date.parse(alert.raised_at), now)}, last `}
          <Ago at={alert.last_at} now={now} />
        </p>
        {failure !== undefined && (
          <p role="alert" className="text-bad">
            {failure}
          </p>
        )}
      </div>
      {isAcknowledged ? (
        <Acknowledgement alert={alert} now={now} />
      ) : (
        <Button className="h-7 max-sm:ml-auto" disabled={isBusy} onClick={() => void acknowledge()}>
          Acknowledge<span className="sr-only"> {alert.title}</span>
        </Button>
      )}
    </li>
  );
}

/** One alert that is over. */
export function ClearedAlert({ alert, now }: Pick<AlertRowProps, 'alert' | 'now'>) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 px-4 py-2 text-muted">
      <span className="w-17 shrink-0">{SEVERITY[alert.severity].text}</span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <Title alert={alert} />
      </span>
      <span className="w-36 text-2xs">
        cleared <Ago at={alert.cleared_at ?? alert.last_at} now={now} />
      </span>
    </li>
  );
}

function SeverityPill({ severity }: { readonly severity: Severity }) {
  const { text, tone } = SEVERITY[severity];
  return <Pill tone={tone}>{text}</Pill>;
}

/** What happened, and to what; leads to where that is shown. */
function Title({ alert: { title, cause, link } }: { readonly alert: Alert }) {
  const text = titleOf({ title, cause });
  if (link === null) return <span>{text}</span>;
  return (
    <Link to={link} className="text-accent hover:underline">
      {text}
    </Link>
  );
}

function Acknowledgement({ alert, now }: Pick<AlertRowProps, 'alert' | 'now'>) {
  if (alert.acknowledged_at === null) return null;
  return (
    <p className="w-36 text-2xs text-muted max-sm:ml-auto">
      Acknowledged by <span className="font-medium text-text">{alert.acknowledged_by ?? 'somebody'}</span>{' '}
      <span className="block">
        <Ago at={alert.acknowledged_at} now={now} />
      </span>
    </p>
  );
}

function Ago({ at, now }: { readonly at: string; readonly now: number }) {
  return (
    <time dateTime={at} title={fullTime(Date.parse(at))}>
      {ago(Date.parse(at), now)}
    </time>
  );
}
