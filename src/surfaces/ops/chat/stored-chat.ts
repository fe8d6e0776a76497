import { CHAT_LIMITS, type ChatMessage } from '../events.ts';
import type { Stored } from '../stored.ts';

interface MessageRow extends Omit<ChatMessage, 'at' | 'tokens'> {
  readonly at: number;
  /** JSON: an array of arrays of pieces. */
  readonly batches: string;
}

/** The latest messages within {@link CHAT_LIMITS}, oldest first. */
export const storedChat: Stored<readonly ChatMessage[]> = {
  queries: [
    {
      sql: `WITH newest AS (
          SELECT *, sum(tokens) OVER (ORDER BY seq DESC) AS tokens_since FROM ops_chat ORDER BY seq DESC LIMIT ?
        )
        SELECT id, role, status, error, actor, at, (
            SELECT json_group_array(json(tokens)) FROM (
              SELECT tokens FROM ops_chat_tokens WHERE message = newest.seq ORDER BY place
            )
          ) AS batches
        FROM newest WHERE tokens_since <= ? OR seq = (SELECT max(seq) FROM ops_chat) ORDER BY seq`,
      params: [CHAT_LIMITS.messages, CHAT_LIMITS.tokens],
    },
  ],
  of([rows = []]) {
    return (rows as readonly MessageRow[]).map(({ id, role, status, error, actor, at, batches }) => ({
      id,
      role,
      tokens: (JSON.parse(batches) as string[][]).flat(),
      status,
      error,
      actor,
      at: new Date(at).toISOString(),
    }));
  },
};
