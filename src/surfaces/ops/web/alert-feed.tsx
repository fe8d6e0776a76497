import { memo } from 'react';
import { useNow } from '../../../react/use-now.ts';
import type { Alert } from '../events.ts';
import { AlertRow, ClearedAlert } from './alert-row.tsx';

export interface AlertFeedProps {
  /** Id of the list, which the feed renews. */
  readonly listId: string;
  /** Undefined before they were read. */
  readonly open: readonly Alert[] | undefined;
  readonly cleared: readonly Alert[];
  readonly onAcknowledge: (id: string) => Promise<void>;
}

/** What somebody should look at, the worst first; what is over stands below, out of sight. */
export const AlertFeed = memo(function AlertFeed({ listId, open, cleared, onAcknowledge }: AlertFeedProps) {
  const now = useNow(1_000);
  return (
    <section id="tau-ops-alert-feed" aria-labelledby="tau-ops-alerts-title" className="border-b border-line bg-surface">
      <header className="flex min-h-10 items-center gap-2 border-b border-line px-4">
        <h2 id="tau-ops-alerts-title" className="font-semibold">
          Alerts
        </h2>
        {open !== undefined && open.length > 0 && <span className="text-muted">{open.length} open</span>}
      </header>
      <ol id={listId} aria-labelledby="tau-ops-alerts-title" className="divide-y divide-line">
        {open?.map((alert, index) => (
          <AlertRow
            key={alert.id}
            id={`tau-ops-alert-row-${index}`}
            alert={alert}
            now={now}
            onAcknowledge={onAcknowledge}
          />
        ))}
        {open?.length === 0 && <li className="px-4 py-3 text-muted">No alert is open.</li>}
        {open === undefined && <li className="px-4 py-3 text-muted">The alerts could not be read yet.</li>}
      </ol>
      {cleared.length > 0 && (
        <details className="border-t border-line">
          <summary className="cursor-pointer px-4 py-2 font-medium text-muted hover:text-text">
            Cleared lately ({cleared.length})
          </summary>
          <ul aria-label="Cleared alerts" className="divide-y divide-line border-t border-line">
            {cleared.map((alert) => (
              <ClearedAlert key={alert.id} alert={alert} now={now} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
});
