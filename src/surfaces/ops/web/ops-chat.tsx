import type { ConnectionStateName } from '../../../client/connection-state.ts';
import { useNow } from '../../../react/use-now.ts';
import { ChatPanel } from './chat/chat-panel.tsx';
import type { OpsActions } from './ops-actions.ts';
import type { LiveOps } from './ops-state.ts';

export interface OpsChatProps {
  /** Undefined before it was read. */
  readonly chat: LiveOps['chat'] | undefined;
  readonly connection: ConnectionStateName;
  /** Whoever reads; null while nobody is known. */
  readonly person: string | null;
  readonly actions: OpsActions;
}

const NOT_READ: LiveOps['chat'] = { is_configured: false, hint: null, messages: [] };

/** The assistant, in a place of its own height on small screens and in the rest of the column on wide ones. */
export function OpsChat({ chat = NOT_READ, connection, person, actions }: OpsChatProps) {
  const now = useNow(10_000);
  return (
    <div className="h-[36rem] max-h-dvh lg:h-auto lg:min-h-80 lg:flex-1">
      <ChatPanel
        messages={chat.messages}
        isConfigured={chat.is_configured}
        hint={chat.hint}
        connection={connection}
        now={now}
        person={person}
        onSend={actions.ask}
        onCancel={actions.stopAnswer}
        onClear={actions.clearChat}
      />
    </div>
  );
}
