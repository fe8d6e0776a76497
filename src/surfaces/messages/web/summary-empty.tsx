import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageOrigin } from '../../../ui/page-origin.ts';
import { firstMessageSnippet, IRC_SNIPPET } from './message-snippets.ts';
import type { SummaryKind } from './summary-kind.ts';

/** What to do while there is nothing to list. */
export function SummaryEmpty({ kind, q }: { readonly kind: SummaryKind; readonly q: string }) {
  const origin = usePageOrigin();
  if (q !== '') {
    return (
      <EmptyState title={`No ${kind.many} found`}>
        <p className="max-w-prose text-muted [overflow-wrap:anywhere]">
          No {kind.type} has “{q}” in its name. A new one appears here by itself.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className="overflow-y-auto">
      <EmptyState title={`No ${kind.many} yet`}>
        <p className="max-w-prose text-muted">
          A {kind.type} appears here with its first message. Send one from a shell, or listen to a channel.
        </p>
        <CodeBlock title="Send one message" isWrapped text={firstMessageSnippet(origin)} />
        <CodeBlock title="Listen to IRC" isWrapped text={IRC_SNIPPET} />
      </EmptyState>
    </div>
  );
}
