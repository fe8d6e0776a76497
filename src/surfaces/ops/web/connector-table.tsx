import { memo } from 'react';
import type { Connector, Liveness } from '../../../protocol/connector.ts';
import { useNow } from '../../../react/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import type { Tone } from '../../../ui/connection-words.ts';
import { Pill } from '../../../ui/pill.tsx';
import { ago, fullTime } from '../../../ui/time-format.ts';

const LIVENESS: Record<Liveness, { readonly text: string; readonly tone: Tone }> = {
  live: { text: 'Live', tone: 'good' },
  connecting: { text: 'Connecting', tone: 'info' },
  reconnecting: { text: 'Reconnecting', tone: 'warn' },
  down: { text: 'Down', tone: 'bad' },
  idle: { text: 'Idle', tone: 'quiet' },
  paused: { text: 'Paused', tone: 'warn' },
};

const CELL = 'px-2 first:pl-4 last:pr-4';
const NUMBER = 'text-right';
/** Left out where the screen is small. */
const WIDE = 'max-sm:hidden';
/** The last column where the screen is small. */
const LAST = 'max-sm:pr-4';

export interface ConnectorTableProps {
  /** Id of the table's body, which the feed renews. */
  readonly bodyId: string;
  /** Undefined before they were read. */
  readonly connectors: readonly Connector[] | undefined;
}

/** Where messages come from, and how well. The columns have widths of their own: what counts in one moves no other. */
export const ConnectorTable = memo(function ConnectorTable({ bodyId, connectors = [] }: ConnectorTableProps) {
  const now = useNow(1_000);
  return (
    <section id="tau-ops-connector-health-table" aria-labelledby="tau-ops-connectors-title" className="bg-surface">
      <header className="flex min-h-10 items-center px-4">
        <h2 id="tau-ops-connectors-title" className="font-semibold">
          Connectors
        </h2>
      </header>
      <table aria-labelledby="tau-ops-connectors-title" className="w-full border-collapse text-left sm:table-fixed">
        <thead>
          <tr className="border-y border-line bg-ground text-2xs text-muted">
            <Head>Source</Head>
            <Head className={classNames(WIDE, 'w-24')}>Mode</Head>
            <Head className="sm:w-32">Liveness</Head>
            <Head className={classNames(NUMBER, 'sm:w-24')}>Events</Head>
            <Head className={classNames(NUMBER, LAST, 'sm:w-20')}>Failures</Head>
            <Head className={classNames(WIDE, 'w-36')}>Newest event</Head>
          </tr>
        </thead>
        <tbody id={bodyId}>
          {connectors.map((connector, index) => (
            <Row key={connector.id} id={rowId(index)} connector={connector} now={now} />
          ))}
          {connectors.length === 0 && (
            <tr
              id={rowId(0)}
              data-channel="none"
              data-mode="unknown"
              data-liveness="unknown"
              data-events-ingested={0}
              data-provider-failures={0}
              className="border-b border-line"
            >
              <td colSpan={6} className={classNames(CELL, 'h-9 text-muted')}>
                No source of messages is known yet.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
});

function rowId(index: number): string {
  return `tau-ops-connector-row-${index}`;
}

function Head({ children, className }: { readonly children: string; readonly className?: string }) {
  return (
    <th scope="col" className={classNames(CELL, 'h-7 font-medium', className)}>
      {children}
    </th>
  );
}

interface RowProps {
  readonly id: string;
  readonly connector: Connector;
  readonly now: number;
}

function Row({ id, connector, now }: RowProps) {
  const { kind, channel, mode, liveness, events_ingested, provider_failures, last_error, last_event_at } = connector;
  const { text, tone } = LIVENESS[liveness];
  return (
    <tr
      id={id}
      data-channel={channel}
      data-mode={mode}
      data-liveness={liveness}
      data-events-ingested={events_ingested}
      data-provider-failures={provider_failures}
      className="border-b border-line"
    >
      <th scope="row" className={classNames(CELL, 'h-9 py-1 font-normal')}>
        <span className="font-medium [overflow-wrap:anywhere]">{channel}</span>{' '}
        <span className="text-2xs text-muted">{kind}</span>
        {last_error !== undefined && (
          <span className="block text-2xs text-bad [overflow-wrap:anywhere]">{last_error}</span>
        )}
      </th>
      <td className={classNames(CELL, WIDE)}>{mode}</td>
      <td className={CELL}>
        <Pill tone={tone}>{text}</Pill>
      </td>
      <td className={classNames(CELL, NUMBER)}>{events_ingested.toLocaleString('en')}</td>
      <td className={classNames(CELL, NUMBER, LAST, provider_failures > 0 && 'font-medium text-bad')}>
        {provider_failures.toLocaleString('en')}
      </td>
      <td className={classNames(CELL, WIDE, 'text-muted')}>
        {last_event_at === undefined ? (
          'none yet'
        ) : (
          <time dateTime={last_event_at} title={fullTime(Date.parse(last_event_at))}>
            {ago(Date.parse(last_event_at), now)}
          </time>
        )}
      </td>
    </tr>
  );
}
