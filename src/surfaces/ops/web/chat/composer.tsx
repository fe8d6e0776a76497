import ArrowUp from 'lucide-react/icons/arrow-up';
import Square from 'lucide-react/icons/square';
import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { Button } from '../../../../ui/button.tsx';
import { classNames } from '../../../../ui/class-names.ts';
import { ExplainedButton } from '../../../../ui/explained-button.tsx';
import { CHAT_LIMITS } from '../../events.ts';

export interface ComposerProps {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  /** Why nothing can be asked now; undefined when something can. What was written stays. */
  readonly hindrance: string | undefined;
  /** Why the last question, or whatever else was asked of the server, came to nothing. */
  readonly failure: string | undefined;
  /** Settles with whether the question was taken. */
  readonly onAsk: (question: string) => Promise<boolean>;
  /** Stops the reader's own answer; undefined while none is written. */
  readonly onStop: (() => void) | undefined;
}

/** From here on what is left is said. */
const NEARLY_FULL = CHAT_LIMITS.message - 500;

/** Where questions are written. Enter sends, Shift+Enter makes a line. */
export function Composer({ input, hindrance, failure, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const [isSending, setSending] = useState(false);
  const id = useId();
  const question = text.trim();
  const isReady = hindrance === undefined && !onStop && !isSending && question !== '';

  const send = async () => {
    if (!isReady) return;
    setSending(true);
    const isTaken = await onAsk(question);
    setSending(false);
    if (isTaken) setText('');
    input.current?.focus();
  };
  const onKeyDown = (key: KeyboardEvent) => {
    // Enter also ends the writing of a character that takes several keys.
    if (key.key !== 'Enter' || key.shiftKey || key.nativeEvent.isComposing) return;
    key.preventDefault();
    void send();
  };

  return (
    <form
      className="flex shrink-0 flex-col gap-1 border-t border-line bg-surface p-3"
      onSubmit={(submit) => {
        submit.preventDefault();
        void send();
      }}
    >
      {failure !== undefined && (
        <p role="alert" className="mb-1 rounded-md bg-bad-ground px-3 py-2 text-bad [overflow-wrap:anywhere]">
          {failure}
        </p>
      )}
      <div className="flex items-end gap-2 rounded-lg border border-line-strong bg-surface p-1 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent">
        <textarea
          ref={input}
          rows={1}
          value={text}
          maxLength={CHAT_LIMITS.message}
          readOnly={isSending}
          aria-label="Question to the assistant"
          aria-describedby={id}
          placeholder="Ask about the state of things…"
          onChange={(change) => setText(change.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-8 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 text-sm leading-5 outline-none placeholder:text-muted max-sm:text-base"
        />
        {onStop ? (
          <Button onClick={onStop}>
            <Square size={12} aria-hidden className="fill-current" /> Stop
          </Button>
        ) : (
          <ExplainedButton
            isIcon
            look="primary"
            side="above"
            aria-label="Send"
            type="submit"
            disabled={isSending}
            hindrance={hindrance ?? (question === '' ? 'Write a question first.' : undefined)}
          >
            <ArrowUp size={16} aria-hidden />
          </ExplainedButton>
        )}
      </div>
      <p id={id} className={classNames('text-xs', hindrance === undefined ? 'text-muted' : 'text-warn')}>
        {noteOf({ hindrance, isAnswering: onStop !== undefined, length: text.length })}
      </p>
    </form>
  );
}

interface Note {
  readonly hindrance: string | undefined;
  readonly isAnswering: boolean;
  readonly length: number;
}

function noteOf({ hindrance, isAnswering, length }: Note): string {
  if (hindrance !== undefined) return hindrance;
  if (length > NEARLY_FULL)
    return `${length.toLocaleString('en')} of ${CHAT_LIMITS.message.toLocaleString('en')} characters`;
  return isAnswering ? 'You can ask again when the answer is there.' : 'Enter sends, Shift+Enter makes a line.';
}
