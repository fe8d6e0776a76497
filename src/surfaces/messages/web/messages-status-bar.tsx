import RefreshCw from 'lucide-react/icons/refresh-cw';
import { memo } from 'react';
import { useSampled } from '../../../react/use-sampled.ts';
import { Button } from '../../../ui/button.tsx';
import { IdleNote } from '../../../ui/idle-note.tsx';
import type { MessagesView } from './messages-view.ts';

/** Totals are absolute values, so nothing is missed between two looks. */
const SAMPLE_MS = 250;
/** How often a screen reader is told what came, in one sentence. */
const SUMMARY_MS = 10_000;

export interface MessagesStatusBarProps {
  readonly read: () => MessagesView;
  readonly onRefresh: () => void;
}

/** How much there is, since when it is quiet, and the way to read anew by hand. */
export const MessagesStatusBar = memo(function MessagesStatusBar({ read, onRefresh }: MessagesStatusBarProps) {
  const { totals, loading } = useSampled(read, SAMPLE_MS);
  const summary = useSampled(read, SUMMARY_MS).totals?.total_messages ?? 0;
  const lastAt = totals?.last_message_at ?? undefined;
  return (
    <footer className="flex h-10 shrink-0 items-center gap-x-4 whitespace-nowrap border-t border-line bg-surface px-4 text-muted">
      <p>
        <span className="font-medium text-text" data-testid="total-messages">
          {(totals?.total_messages ?? 0).toLocaleString('en')}
        </span>{' '}
        {totals?.total_messages === 1 ? 'message' : 'messages'}
      </p>
      <IdleNote of="message" lastAt={lastAt === undefined ? undefined : Date.parse(lastAt)} />
      <p role="status" className="sr-only">
        {summary.toLocaleString('en')} messages so far
      </p>
      <Button look="ghost" className="ml-auto h-7" onClick={onRefresh} disabled={loading === 'newer'}>
        <RefreshCw size={14} aria-hidden />
        Refresh
      </Button>
    </footer>
  );
});
