import type { Ingestion } from '../events.ts';
import { Since } from './control-panel.tsx';

/** Tells everybody on the page that nothing is taken in; nothing while it is. */
export function PausedBanner({ ingestion }: { readonly ingestion: Ingestion | undefined }) {
  return (
    <div role="status">
      {ingestion?.mode === 'paused' && (
        <p className="flex flex-wrap items-baseline gap-x-2 border-b border-line bg-warn-ground px-4 py-1.5">
          <strong className="font-semibold text-warn">Ingestion is paused</strong>
          <Since ingestion={ingestion} />
          <span>Whoever sends is told to try again later.</span>
        </p>
      )}
    </div>
  );
}
