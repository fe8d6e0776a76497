import type { ChatMessage } from '../../events.ts';
import { MessageRow, timeTextOf } from './message-row.tsx';

export interface TranscriptProps {
  readonly messages: readonly ChatMessage[];
  readonly person: string | null;
  readonly now: number;
  /** The answer that the reader can stop elsewhere. */
  readonly ownId: string | undefined;
  readonly onStop: (id: string) => void;
  /** Asks a question again; undefined while nothing can be asked. */
  readonly onAgain: ((question: string) => void) | undefined;
}

/** Every message, oldest first. */
export function Transcript({ messages, person, now, ownId, onStop, onAgain }: TranscriptProps) {
  return (
    <ol
      id="tau-ops-chat-transcript"
      data-message-count={messages.length}
      className="flex flex-col gap-5 p-4 empty:hidden"
    >
      {messages.map((message, row) => {
        const question =
          onAgain && row === messages.length - 1 && message.status === 'error' && questionTo(messages, row);
        return (
          <MessageRow
            key={message.id}
            message={message}
            row={row}
            person={person}
            timeText={timeTextOf(message, now)}
            onStop={message.status === 'streaming' && message.id !== ownId ? onStop : undefined}
            onAgain={question ? () => onAgain(question) : undefined}
          />
        );
      })}
    </ol>
  );
}

/** What the same person had asked before an answer. */
function questionTo(messages: readonly ChatMessage[], row: number): string | undefined {
  const actor = messages[row]?.actor;
  const question = messages.slice(0, row).findLast((message) => message.role === 'user' && message.actor === actor);
  return question?.tokens.join('');
}
