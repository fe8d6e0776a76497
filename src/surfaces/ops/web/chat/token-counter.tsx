import type { ChatMessage } from '../../events.ts';

/** How much the assistant has written (marker of specs/000). */
export function TokenCounter({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const answers = messages.filter(({ role }) => role === 'assistant');
  const tokens = answers.reduce((sum, message) => sum + message.tokens.length, 0);
  return (
    <p
      id="tau-ops-chat-token-counter"
      data-assistant-stream-count={answers.length}
      data-assistant-stream-tokens={tokens}
      data-latest-assistant-token-count={answers.at(-1)?.tokens.length ?? 0}
      className="ml-auto text-xs text-muted"
    >
      {tokens.toLocaleString('en')} {tokens === 1 ? 'token' : 'tokens'}
    </p>
  );
}
