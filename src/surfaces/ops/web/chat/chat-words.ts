import type { ConnectionStateName } from '../../../../client/connection-state.ts';
import { asSentence } from '../../../../ui/as-sentence.ts';
import type { ChatMessage } from '../../events.ts';

/** Questions for somebody who hasn't asked one yet. */
export const EXAMPLE_QUESTIONS = [
  'How is everything doing right now?',
  'Which alerts are open, and what should I do first?',
  'Is any connector failing?',
] as const;

/** Why nothing can be asked over this connection; undefined when it can. */
export function connectionHindrance(name: ConnectionStateName): string | undefined {
  switch (name) {
    case 'live':
    case 'polling':
      return undefined;
    case 'connecting':
      return 'Connecting…';
    case 'reconnecting':
      return 'The connection is lost. You can ask when it is back.';
    case 'offline':
    case 'paused':
      return 'This page is offline. You can ask when it is connected.';
    case 'evicted':
      return 'This page was opened elsewhere. Reconnect to ask here.';
    case 'unauthorized':
      return 'You are not signed in. Sign in to ask.';
    default:
      return name satisfies never;
  }
}

/** How an answer that was not completed came to its end; undefined for others. */
export function endInWords({ status, error, actor, tokens }: ChatMessage, person: string | null): string | undefined {
  switch (status) {
    case 'streaming':
    case 'complete':
      return undefined;
    case 'cancelled':
      return `Stopped by ${actor === person ? 'you' : nameOf(actor)}.`;
    case 'error': {
      // What stopped the server says it all.
      if (error?.startsWith('interrupted')) return asSentence(error);
      const what = tokens.length === 0 ? 'No answer' : 'The answer broke off';
      return asSentence(`${what}: ${error ?? 'the reason is not known'}`);
    }
    default:
      return status satisfies never;
  }
}

/** Who wrote a message. */
export function authorOf({ role, actor }: ChatMessage, person: string | null): string {
  if (role === 'assistant') return 'Assistant';
  return actor === person ? 'You' : nameOf(actor);
}

function nameOf(actor: string | null): string {
  return actor ?? 'somebody';
}

const MAX_SPOKEN = 300;

/** What a screen reader is told of an answer that has just ended. */
export function announcementOf(message: ChatMessage, person: string | null): string {
  const end = endInWords(message, person);
  if (end !== undefined) return `Assistant: ${end}`;
  const text = message.tokens.join('').trim();
  const isLong = text.length > MAX_SPOKEN;
  return `Assistant: ${isLong ? `${text.slice(0, MAX_SPOKEN)}… The whole answer is in the conversation.` : text}`;
}
