import type { OpsMessage } from '../ops-message.ts';
import {
  CHAT_ANSWER_ENDED,
  CHAT_CLEARED,
  CHAT_MESSAGE_ADDED,
  CHAT_TOKENS_STREAMED,
  type StreamedTokens,
} from './chat-records.ts';

/** How the feed shows the chat, by the type of the record. */
export const chatFeedMessages: readonly (readonly [string, OpsMessage])[] = [
  [
    CHAT_MESSAGE_ADDED,
    {
      type: 'chat_message',
      members: ({ at, body }) => `"message":{${body.slice(1, -1)},"at":"${new Date(at).toISOString()}"}`,
    },
  ],
  [
    CHAT_TOKENS_STREAMED,
    {
      type: 'chat_token',
      members({ body }) {
        const { tokens } = JSON.parse(body) as StreamedTokens;
        return `${body.slice(1, -1)},"token":${JSON.stringify(tokens.join(''))}`;
      },
    },
  ],
  [CHAT_ANSWER_ENDED, { type: 'chat_complete', members: ({ body }) => body.slice(1, -1) }],
  [CHAT_CLEARED, { type: 'chat_cleared', members: ({ body }) => body.slice(1, -1) }],
];
