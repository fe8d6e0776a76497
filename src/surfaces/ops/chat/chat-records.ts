import type { NewEvent } from '../../../engine/log/log.ts';
import { type ChatMessage, type ChatStatus, OPS_CHANNEL } from '../events.ts';

/** Log record: a question was asked, or an answer begins. Its commit is the message's `at`. */
export const CHAT_MESSAGE_ADDED = 'ops.chat_message_added';
/** Log record: more of an answer. */
export const CHAT_TOKENS_STREAMED = 'ops.chat_tokens_streamed';
/** Log record: an answer has ended. No tokens of it follow. */
export const CHAT_ANSWER_ENDED = 'ops.chat_answer_ended';
/** Log record: the transcript was emptied. */
export const CHAT_CLEARED = 'ops.chat_cleared';

export type AddedMessage = Omit<ChatMessage, 'at'>;

export interface StreamedTokens {
  readonly message_id: string;
  /** Place of the first of `tokens` among those of the message. */
  readonly index: number;
  readonly tokens: readonly string[];
}

export interface EndedAnswer {
  readonly message_id: string;
  readonly status: Exclude<ChatStatus, 'streaming'>;
  /** Why, where `status` is `error`. */
  readonly error: string | null;
  /** Who cancelled, or else who had asked. */
  readonly actor: string | null;
  readonly token_count: number;
}

export interface ClearedChat {
  readonly actor: string | null;
}

export function messageAddedEvent(message: AddedMessage): NewEvent {
  return chatEvent(CHAT_MESSAGE_ADDED, message);
}

export function tokensStreamedEvent(tokens: StreamedTokens): NewEvent {
  return chatEvent(CHAT_TOKENS_STREAMED, tokens);
}

export function answerEndedEvent(end: EndedAnswer): NewEvent {
  return chatEvent(CHAT_ANSWER_ENDED, end);
}

export function chatClearedEvent(cleared: ClearedChat): NewEvent {
  return chatEvent(CHAT_CLEARED, cleared);
}

function chatEvent(type: string, body: AddedMessage | StreamedTokens | EndedAnswer | ClearedChat): NewEvent {
  return { type, channel: OPS_CHANNEL, body: JSON.stringify(body) };
}
