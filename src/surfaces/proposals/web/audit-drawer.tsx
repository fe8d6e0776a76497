import type { ReactNode } from 'react';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Drawer } from '../../../ui/drawer.tsx';
import { fullTime } from '../../../ui/time-format.ts';
import type { AuditLine } from '../events.ts';
import { OutcomePill } from './audit-outcome.tsx';
import { DiffView } from './diff-view.tsx';

/** Everything about one entry, with what it changed line by line. */
export function AuditDrawer({ entry, onClose }: { readonly entry: AuditLine; readonly onClose: () => void }) {
  const { id, at, actor, action, resource_type, resource_id, outcome, before, after, ip } = entry;
  const hasChange = before !== undefined || after !== undefined;
  return (
    <Drawer isOpen onClose={onClose} title={action} aside={<OutcomePill outcome={outcome} />}>
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
        <Fact name="Who">{actor}</Fact>
        <Fact name="When">{fullTime(Date.parse(at))}</Fact>
        <Fact name="About">
          {resource_type} <span className="font-mono text-xs">{resource_id}</span>
        </Fact>
        <Fact name="Address">
          <span className="font-mono text-xs">{ip}</span>
        </Fact>
        <Fact name="Entry">{id.toLocaleString('en')}</Fact>
      </dl>
      <section aria-label="What changed">
        <div className="mb-1.5 flex items-center">
          <h3 className="font-semibold">What changed</h3>
          <span className="ml-auto">
            <CopyButton text={JSON.stringify(entry, undefined, 2)} label="this entry as JSON" />
          </span>
        </div>
        {hasChange ? (
          <div className="overflow-hidden rounded-lg border border-line">
            <DiffView label="Before and after" before={jsonText(before)} after={jsonText(after)} />
          </div>
        ) : (
          <p className="text-muted">Nothing was recorded about that.</p>
        )}
      </section>
    </Drawer>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

/** Each member on a line of its own, so that lines can be compared. */
function jsonText(value: unknown): string {
  return value === undefined ? '' : `${JSON.stringify(value, undefined, 2)}\n`;
}
