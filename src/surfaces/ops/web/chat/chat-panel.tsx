import ArrowDown from 'lucide-react/icons/arrow-down';
import Trash from 'lucide-react/icons/trash-2';
import { useRef, useState } from 'react';
import type { ConnectionStateName } from '../../../../client/connection-state.ts';
import { asSentence } from '../../../../ui/as-sentence.ts';
import { Button } from '../../../../ui/button.tsx';
import { ConfirmDialog } from '../../../../ui/confirm-dialog.tsx';
import type { ChatMessage } from '../../events.ts';
import { Examples, NotConfigured } from './chat-notices.tsx';
import { connectionHindrance } from './chat-words.ts';
import { Composer } from './composer.tsx';
import { TokenCounter } from './token-counter.tsx';
import { Transcript } from './transcript.tsx';
import { useAnnouncement } from './use-announcement.ts';
import { useFollowNewest } from './use-follow-newest.ts';

export interface ChatPanelProps {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** Whether a model can be asked; if not, `hint` says which variable to set. */
  readonly isConfigured: boolean;
  readonly hint: string | null;
  readonly connection: ConnectionStateName;
  /** Wall-clock milliseconds. */
  readonly now: number;
  /** Whoever reads, as messages name their `actor`. Default null: somebody who is not known. */
  readonly person?: string | null;
  /** Rejects with a message for people when the question was not taken. */
  readonly onSend: (question: string) => Promise<void>;
  readonly onCancel: (id: string) => Promise<void>;
  /** Empties the transcript, for everybody. Default: it isn't offered. */
  readonly onClear?: () => Promise<void>;
}

/** The assistant of specs/000: the transcript that everybody shares, and where to ask. It fills the height it is given. */
export function ChatPanel(props: ChatPanelProps) {
  const { messages, isConfigured, hint, connection, now, person = null, onSend, onCancel, onClear } = props;
  const input = useRef<HTMLTextAreaElement>(null);
  const [failure, setFailure] = useState<string>();
  const { viewport, content, onScroll, isAway, follow } = useFollowNewest();
  const announcement = useAnnouncement(messages, person);
  const own = messages.findLast(({ status, actor }) => status === 'streaming' && actor === person);
  const hindrance = connectionHindrance(connection);

  /** Whether it was done; if not, it is said why. */
  const attempt = async (action: () => Promise<void>): Promise<boolean> => {
    setFailure(undefined);
    try {
      await action();
      return true;
    } catch (error) {
      setFailure(asSentence(error instanceof Error ? error.message : String(error)));
      return false;
    }
  };
  const ask = (question: string) => {
    follow();
    return attempt(() => onSend(question));
  };
  const askAndWrite = (question: string) => {
    void ask(question);
    input.current?.focus();
  };
  const stop = (id: string) => {
    void attempt(() => onCancel(id));
    input.current?.focus();
  };

  return (
    <section id="tau-ops-chat-panel" aria-label="Assistant" className="flex h-full min-h-0 flex-col bg-surface">
      <header className="flex h-11 shrink-0 items-center gap-3 border-b border-line pr-1.5 pl-4">
        <h2 className="font-semibold">Assistant</h2>
        <TokenCounter messages={messages} />
        {onClear && <ClearButton messages={messages} onClear={() => attempt(onClear)} />}
      </header>
      <div className="relative min-h-0 flex-1">
        <div
          ref={viewport}
          role="log"
          aria-label="Conversation"
          // A finished answer is announced once, below: not each piece of it.
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={onScroll}
          className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px]"
        >
          <div ref={content}>
            {messages.length === 0 &&
              (isConfigured ? <Examples hindrance={hindrance} onAsk={askAndWrite} /> : <NotConfigured hint={hint} />)}
            <Transcript
              messages={messages}
              person={person}
              now={now}
              ownId={own?.id}
              onStop={stop}
              onAgain={isConfigured && !own && hindrance === undefined ? askAndWrite : undefined}
            />
          </div>
        </div>
        {isAway && (
          <Button
            className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-raised shadow-md"
            onClick={follow}
          >
            <ArrowDown size={14} aria-hidden /> Newest
          </Button>
        )}
      </div>
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
      {isConfigured && (
        <Composer
          input={input}
          hindrance={hindrance}
          failure={failure}
          onAsk={ask}
          onStop={own && (() => stop(own.id))}
        />
      )}
      {!isConfigured && messages.length > 0 && (
        <div className="max-h-1/2 shrink-0 overflow-y-auto border-t border-line">
          <NotConfigured hint={hint} />
        </div>
      )}
    </section>
  );
}

interface ClearButtonProps {
  readonly messages: readonly ChatMessage[];
  readonly onClear: () => Promise<boolean>;
}

function ClearButton({ messages, onClear }: ClearButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const isWriting = messages.some(({ status }) => status === 'streaming');
  const clear = () => void onClear().then(() => setAsking(false));
  return (
    <>
      <Button
        isIcon
        look="ghost"
        aria-label="Clear the conversation"
        title={isWriting ? 'An answer is being written' : 'Clear the conversation'}
        disabled={isWriting || messages.length === 0}
        onClick={() => setAsking(true)}
      >
        <Trash size={15} aria-hidden />
      </Button>
      <ConfirmDialog
        title="Clear the conversation?"
        isOpen={isAsking}
        action="Clear it"
        onConfirm={clear}
        onClose={() => setAsking(false)}
      >
        <p className="text-muted">It is emptied for everybody who uses this page, and the assistant forgets it.</p>
      </ConfirmDialog>
    </>
  );
}
