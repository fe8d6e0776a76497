import { CHAT_LIMITS, type ChatMessage, type OpsEvent } from '../../events.ts';

/** A message as a page keeps it. */
export interface LiveChatMessage extends ChatMessage {
  /** Pieces that came before those in front of them. */
  readonly early?: readonly EarlyTokens[];
  /** How many pieces the whole answer has, once it has ended with some of them still to come. */
  readonly expected?: number;
}

interface EarlyTokens {
  readonly index: number;
  readonly tokens: readonly string[];
}

type Of<Type extends OpsEvent['type']> = Extract<OpsEvent, { type: Type }>;

/** Deliveries ahead of their turn that are kept for one answer; a page that misses more reads the transcript again. */
const MAX_EARLY = 64;

/**
 * The transcript after an event of the feed; the same array where the event is about something else or nothing new.
 * Pieces go by their place in the answer: repeated ones change nothing, early ones wait for their turn.
 */
export function updateChat(messages: readonly LiveChatMessage[], event: OpsEvent): readonly LiveChatMessage[] {
  switch (event.type) {
    case 'chat_message':
      return messages.some(({ id }) => id === event.message.id) ? messages : withinLimits([...messages, event.message]);
    case 'chat_token':
      return change(messages, event.message_id, (message) => withTokens(message, event));
    case 'chat_complete':
      return change(messages, event.message_id, (message) => ended(message, event));
    case 'chat_cleared':
      return messages.length === 0 ? messages : [];
    default:
      return messages;
  }
}

/** Of which messages the beginning is forgotten, so that every tab and a new page show the same (see CHAT_LIMITS). */
export function withinLimits(messages: readonly LiveChatMessage[]): readonly LiveChatMessage[] {
  let first = messages.length - 1;
  let tokens = messages[first]?.tokens.length ?? 0;
  while (first > 0 && messages.length - first < CHAT_LIMITS.messages) {
    tokens += messages[first - 1]?.tokens.length ?? 0;
    if (tokens > CHAT_LIMITS.tokens) break;
    first -= 1;
  }
  return first <= 0 ? messages : messages.slice(first);
}

function change(
  messages: readonly LiveChatMessage[],
  id: string,
  next: (message: LiveChatMessage) => LiveChatMessage,
): readonly LiveChatMessage[] {
  const index = messages.findLastIndex((message) => message.id === id);
  const message = messages[index];
  const changed = message && next(message);
  return !changed || changed === message ? messages : withinLimits(messages.with(index, changed));
}

function withTokens(message: LiveChatMessage, { index, tokens }: Of<'chat_token'>): LiveChatMessage {
  const isOpen = message.status === 'streaming' || message.tokens.length < (message.expected ?? 0);
  if (!isOpen || index + tokens.length <= message.tokens.length) return message;
  const { early = [] } = message;
  if (index > message.tokens.length) {
    if (early.length >= MAX_EARLY || early.some((other) => other.index === index)) return message;
    return { ...message, early: [...early, { index, tokens }] };
  }
  const all = [...message.tokens, ...tokens.slice(message.tokens.length - index)];
  const { early: _, ...rest } = message;
  return early.length === 0 ? { ...rest, tokens: all } : withEarly({ ...rest, tokens: all }, early);
}

/** Takes in those of the early pieces whose turn has come. */
function withEarly(message: LiveChatMessage, early: readonly EarlyTokens[]): LiveChatMessage {
  const tokens = [...message.tokens];
  const waiting: EarlyTokens[] = [];
  for (const part of early.toSorted((a, b) => a.index - b.index)) {
    if (part.index > tokens.length) waiting.push(part);
    else tokens.push(...part.tokens.slice(tokens.length - part.index));
  }
  return { ...message, tokens, ...(waiting.length > 0 ? { early: waiting } : {}) };
}

function ended(message: LiveChatMessage, { status, error, actor, token_count }: Of<'chat_complete'>): LiveChatMessage {
  if (message.status !== 'streaming') return message;
  const isWhole = message.tokens.length >= token_count;
  return { ...message, status, error, actor, ...(isWhole ? {} : { expected: token_count }) };
}
