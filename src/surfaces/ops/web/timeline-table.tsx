import { pageNow } from '../../../react/page-clock.ts';
import { clockMinute } from '../../../ui/time-format.ts';
import type { TimelineColumn } from './timeline.ts';

const CELL = 'px-4 py-0.5';

/** The timeline's figures, the newest first, for those who do not see its drawing. */
export function TimelineTable({ columns }: { readonly columns: readonly TimelineColumn[] }) {
  const now = pageNow();
  return (
    <details className="border-t border-line">
      <summary className="cursor-pointer px-4 py-2 font-medium text-muted hover:text-text">As a table</summary>
      <table aria-label="Timeline" className="w-full border-t border-line text-left">
        <thead className="text-2xs text-muted">
          <tr>
            <th scope="col" className={CELL}>
              From
            </th>
            <th scope="col" className={`${CELL} text-right`}>
              Events
            </th>
            <th scope="col" className={`${CELL} text-right`}>
              Failures
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.toReversed().map(({ at, events, failures }) => (
            <tr key={at} className="border-t border-line">
              <th scope="row" className={`${CELL} font-normal`}>
                {clockMinute(at, now)}
              </th>
              <td className={`${CELL} text-right`}>{events.toLocaleString('en')}</td>
              <td className={`${CELL} text-right`}>{failures.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
