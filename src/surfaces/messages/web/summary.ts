import { seqOf } from '../../../protocol/cursor.ts';
import type { ChannelSummary, History, LiveMessage, UserSummary } from '../events.ts';
import type { MinuteCounts } from './sparkline-series.ts';

/** A channel or a user as the lists show it. */
export interface Summary {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly messageCount: number;
  /** Milliseconds since 1970; undefined for one without messages. */
  readonly lastMessageAt: number | undefined;
  readonly activity: MinuteCounts;
  /** It was deleted, and this became of its messages. */
  readonly unavailable: History | undefined;
  /** The position in the log these values are as of. */
  readonly asOf: number;
  /** How often it changed before one's eyes, and when last, in milliseconds since 1970. */
  readonly changes: number;
  readonly changedAt: number | undefined;
}

/** One row of an answer that is as of a position. */
export function toSummary(given: ChannelSummary | UserSummary, asOf: number): Summary {
  return {
    name: 'channel' in given ? given.channel : given.user,
    displayName: 'display_name' in given ? given.display_name : undefined,
    messageCount: given.message_count,
    lastMessageAt: given.last_message_at === null ? undefined : Date.parse(given.last_message_at),
    activity: given.activity,
    unavailable: undefined,
    asOf,
    changes: 0,
    changedAt: undefined,
  };
}

/** A row of the feed. */
export function toLiveSummary(row: LiveMessage & { type: 'channel' | 'user' }): Summary {
  return { ...toSummary(row, seqOf(row.as_of) ?? 0), unavailable: row.unavailable };
}
