import RefreshCw from 'lucide-react/icons/refresh-cw';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { DelayedSearch } from '../../../ui/delayed-search.tsx';
import type { SummaryKind } from './summary-kind.ts';
import type { SummaryView } from './summary-model.ts';

export interface SummaryToolbarProps {
  readonly kind: SummaryKind;
  readonly view: SummaryView;
  readonly q: string;
  readonly onFind: (text: string) => void;
  readonly onRefresh: () => void;
}

/** Finding by name, how many there are, what the order does, and reading everything again. */
export function SummaryToolbar({ kind, view, q, onFind, onRefresh }: SummaryToolbarProps) {
  const isHolding = view.isHeld && view.isOutOfOrder;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-2">
      <div className="flex min-w-0 grow basis-48 sm:max-w-80">
        <DelayedSearch label={`Find ${kind.many}`} text={q} onSearch={onFind} />
      </div>
      {view.phase === 'ready' && <p className="whitespace-nowrap text-muted">{shownOf(kind, view)}</p>}
      <p className={classNames('ml-auto text-2xs text-muted', !isHolding && 'max-md:hidden')}>
        {isHolding ? 'Order held while you are at a row; counts stay live' : ORDER_WORDS}
      </p>
      <Button
        onClick={onRefresh}
        // Not disabled: that would take the focus away.
        aria-disabled={view.isLoading}
        className="max-sm:order-first max-sm:hidden"
      >
        <RefreshCw size={14} aria-hidden />
        Refresh
      </Button>
      <Button isIcon onClick={onRefresh} aria-label="Refresh" className="sm:hidden">
        <RefreshCw size={14} aria-hidden />
      </Button>
    </div>
  );
}

/** True of a page that is not live too, and so there from the first paint. */
const ORDER_WORDS = 'Rows change places once a second at most';

/** Never more than is known: a cut list says what it was cut from. */
function shownOf(kind: SummaryKind, { rows, total, isComplete, metrics, query }: SummaryView): string {
  const isSearch = query.q !== '';
  if (isComplete) return `${total.toLocaleString('en')} ${isSearch ? 'found' : total === 1 ? kind.type : kind.many}`;
  const of = isSearch || !metrics ? total : kind.totalOf(metrics);
  return `${rows.length.toLocaleString('en')} of ${of.toLocaleString('en')}${isSearch ? ' found' : ''}`;
}
