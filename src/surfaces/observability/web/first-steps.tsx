import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageOrigin } from '../../../ui/page-origin.ts';
import { curlSnippet, hookSnippet } from './snippets.ts';

/** What to do while no event was ever recorded. */
export function FirstSteps() {
  const origin = usePageOrigin();
  return (
    <div className="overflow-y-auto">
      <EmptyState title="No events yet">
        <p className="max-w-prose text-muted">
          Every event appears here the moment it is stored. Send a first one from a shell, or let Claude Code report
          what its agents do.
        </p>
        <CodeBlock title="Send one event" isWrapped text={curlSnippet(origin)} />
        <CodeBlock title="Claude Code hooks, for .claude/settings.json" text={hookSnippet(origin)} />
      </EmptyState>
    </div>
  );
}
