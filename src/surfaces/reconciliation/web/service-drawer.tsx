import type { ReactNode } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Drawer } from '../../../ui/drawer.tsx';
import { age, fullTime } from '../../../ui/time-format.ts';
import type { ReconciliationEvent } from '../events.ts';
import { type CountRow, countRows } from './count-rows.ts';
import { ServiceHistory } from './service-history.tsx';
import { shownStatus } from './shown-status.ts';
import { StatusPill } from './status-pill.tsx';

export interface ServiceDrawerProps {
  readonly event: ReconciliationEvent;
  readonly silentSince: number | undefined;
  readonly onClose: () => void;
}

/** Everything known about one service, kept live while it is open. */
export function ServiceDrawer({ event, silentSince, onClose }: ServiceDrawerProps) {
  const now = useNow(1_000);
  const shown = shownStatus(event, now, silentSince);
  const rows = countRows(event);
  const differing = rows.filter(({ differs }) => differs).length;
  const missing = event.discrepancyDetails?.missingJobIds ?? [];
  return (
    <Drawer isOpen onClose={onClose} title={event.service} aside={<StatusPill status={shown.status} why={shown.why} />}>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
        {shown.why !== undefined && <Fact name="Why">{shown.why}</Fact>}
        <Fact name="Last report">
          <Moment at={event.lastReportAt} now={now} />
        </Fact>
        <Fact name="Expected">{event.expectedAt ? <Moment at={event.expectedAt} now={now} /> : 'not reported'}</Fact>
        <Fact name="Actual">{event.actualAt ? <Moment at={event.actualAt} now={now} /> : 'not reported'}</Fact>
        <Fact name="Latency">{event.latencyMs.toLocaleString('en')} ms</Fact>
        <Fact name="Checksum">
          <span className="font-mono text-xs break-all">{event.checksum}</span>
        </Fact>
      </dl>
      <section aria-label="Counts">
        <h3 className="mb-1.5 font-semibold">
          Counts{' '}
          <span className="font-normal text-muted">
            {differing === 0 ? `${rows.length} keys` : `${differing} of ${rows.length} differ`}
          </span>
        </h3>
        {rows.length === 0 ? <p className="text-muted">Nothing was counted.</p> : <CountTable rows={rows} />}
      </section>
      {missing.length > 0 && (
        <section aria-label="Missing ids">
          <div className="mb-1.5 flex items-center gap-2">
            <h3 className="font-semibold">
              Missing ids <span className="font-normal text-muted">expected, but not reported as done</span>
            </h3>
            <span className="ml-auto">
              <CopyButton text={missing.join('\n')} label="missing ids" />
            </span>
          </div>
          <ul className="flex max-h-48 flex-wrap gap-1 overflow-y-auto">
            {missing.map((id) => (
              <li key={id} className="rounded bg-bad-ground px-1.5 py-0.5 font-mono text-xs break-all text-bad">
                {id}
              </li>
            ))}
          </ul>
        </section>
      )}
      <ServiceHistory service={event.service} />
    </Drawer>
  );
}

function CountTable({ rows }: { readonly rows: readonly CountRow[] }) {
  return (
    <table className="w-full text-left">
      <thead>
        <tr className="border-b border-line text-2xs text-muted">
          <th scope="col" className="py-1 pr-2 font-medium">
            Key
          </th>
          <th scope="col" className="px-2 py-1 text-right font-medium">
            Expected
          </th>
          <th scope="col" className="px-2 py-1 text-right font-medium">
            Actual
          </th>
          <th scope="col" className="py-1 pl-2 text-right font-medium">
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, expected, actual, differs }) => (
          <tr key={key} className={classNames('border-b border-line', differs && 'bg-bad-ground font-medium text-bad')}>
            <th scope="row" className="py-1 pr-2 pl-1 font-normal break-all">
              {key}
            </th>
            <td className="px-2 py-1 text-right">{expected?.toLocaleString('en') ?? '–'}</td>
            <td className="px-2 py-1 text-right">{actual?.toLocaleString('en') ?? '–'}</td>
            <td className="py-1 pr-1 pl-2 text-right">{differs ? difference(expected, actual) : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function difference(expected: number | undefined, actual: number | undefined): string {
  if (expected === undefined) return 'unexpected';
  if (actual === undefined) return 'missing';
  const delta = actual - expected;
  return `${delta > 0 ? '+' : '−'}${Math.abs(delta).toLocaleString('en')}`;
}

function Moment({ at, now }: { readonly at: string; readonly now: number }) {
  const ago = age(Date.parse(at), now);
  return (
    <>
      {ago === 'now' ? 'now' : `${ago} ago`} <span className="text-muted">{fullTime(Date.parse(at))}</span>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
