import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageOrigin } from '../../../ui/page-origin.ts';
import { firstMessageSnippet, IRC_SNIPPET } from './message-snippets.ts';

/** What to do while no message was ever stored. */
export function MessageFirstSteps() {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <EmptyState title="No messages yet">
        <p className="max-w-prose text-muted">
          Every message appears here the moment it is stored. Send a first one from a shell, or listen to a channel.
        </p>
        <CodeBlock title="Send one message" isWrapped text={firstMessageSnippet(usePageOrigin())} />
        <CodeBlock title="Listen to IRC" isWrapped text={IRC_SNIPPET} />
      </EmptyState>
    </div>
  );
}
