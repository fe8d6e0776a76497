import Square from 'lucide-react/icons/square';
import { memo, useDeferredValue, useMemo } from 'react';
import { Button } from '../../../../ui/button.tsx';
import { classNames } from '../../../../ui/class-names.ts';
import { Pill } from '../../../../ui/pill.tsx';
import { fullTime, shortTime } from '../../../../ui/time-format.ts';
import type { ChatMessage } from '../../events.ts';
import { ChatMarkdown } from './chat-markdown.tsx';
import { authorOf, endInWords } from './chat-words.ts';
import { TokenList } from './token-list.tsx';

export interface MessageRowProps {
  readonly message: ChatMessage;
  /** Its place in the transcript, from 0. */
  readonly row: number;
  /** Whoever reads. */
  readonly person: string | null;
  /** When it was written. */
  readonly timeText: string;
  /** Stops the answer; absent where that is offered elsewhere. */
  readonly onStop?: ((id: string) => void) | undefined;
  /** Asks the question again; absent where there is no reason to. */
  readonly onAgain?: (() => void) | undefined;
}

/** One message of the transcript. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, row, person, timeText } = props;
  const shared = { id: `tau-ops-chat-message-row-${row}`, 'data-message-role': message.role };
  const head = (
    <>
      <span className="font-medium">{authorOf(message, person)}</span>
      <time dateTime={message.at} title={fullTime(Date.parse(message.at))} className="text-xs text-muted">
        {timeText}
      </time>
    </>
  );
  if (message.role === 'user') {
    return (
      <li {...shared} className="flex flex-col items-end gap-1">
        <div className="flex items-baseline gap-2">{head}</div>
        <p className="max-w-[92%] rounded-xl rounded-tr-sm bg-selected px-3 py-2 text-sm leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {message.tokens.join('')}
        </p>
      </li>
    );
  }
  return (
    <li
      {...shared}
      data-assistant-token-stream="true"
      data-token-count={message.tokens.length}
      aria-busy={message.status === 'streaming'}
      className="flex flex-col gap-1"
    >
      <div className="flex min-h-5.5 items-center gap-2">
        {head}
        <RowStatus {...props} />
      </div>
      <Answer message={message} />
      <TokenList row={row} tokens={message.tokens} />
      <End {...props} />
    </li>
  );
});

function RowStatus({ message: { id, status }, onStop }: MessageRowProps) {
  if (status !== 'streaming') return null;
  return (
    <>
      <Pill tone="info" isBusy>
        Writing
      </Pill>
      {onStop && (
        <Button look="ghost" className="ml-auto h-6 px-1.5" onClick={() => onStop(id)}>
          <Square size={12} aria-hidden /> Stop
        </Button>
      )}
    </>
  );
}

/** Rendered when the browser gets to it: what is typed meanwhile comes first. */
const Answer = memo(function Answer({ message: { tokens, status } }: { readonly message: ChatMessage }) {
  const text = useMemo(() => tokens.join(''), [tokens]);
  const shown = useDeferredValue(text);
  if (text.trim() === '') {
    return status === 'streaming' ? <p className="text-sm text-muted">Thinking…</p> : null;
  }
  return <ChatMarkdown text={shown} />;
});

function End({ message, person, onAgain }: MessageRowProps) {
  const end = endInWords(message, person);
  if (end === undefined) return null;
  const isError = message.status === 'error';
  return (
    <div
      className={classNames(
        'mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm',
        isError ? 'rounded-md bg-bad-ground px-3 py-2 text-bad' : 'text-muted italic',
      )}
    >
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">{end}</p>
      {onAgain && (
        <Button className="h-7" onClick={onAgain}>
          Ask again
        </Button>
      )}
    </div>
  );
}

/** When a message was written, as its row shows it: a time of day, since an age that counts would move the name beside it. */
export function timeTextOf({ at }: ChatMessage, now: number): string {
  return shortTime(Date.parse(at), now);
}
