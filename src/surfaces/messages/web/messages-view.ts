import type { History } from '../events.ts';
import type { MessageRows } from './message-list.ts';
import type { Totals } from './message-metrics.ts';
import type { MessagesSearch } from './messages-search.ts';

/** What the page shows; a new object whenever something in it changed. */
export interface MessagesView {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last load failed, in words. */
  readonly failure: string | undefined;
  readonly search: MessagesSearch;
  /** Changes in place: a new view says when to look again. */
  readonly rows: MessageRows;
  /** The message a link led to, once it is in `rows`. */
  readonly linkedSeq: number | undefined;
  /** A link led to a message that is not stored, or not any more. */
  readonly isLinkLost: boolean;
  /** Matching messages that arrived below what is in sight. */
  readonly unseen: number;
  readonly isPaused: boolean;
  /** Whether the list stays at its newest end. */
  readonly isFollowing: boolean;
  /** Whether whatever comes is appended to `rows`. */
  readonly isAttached: boolean;
  readonly hasOlder: boolean;
  readonly loading: 'list' | 'older' | 'newer' | undefined;
  /** Everything stored that matches the filters. */
  readonly matching: number;
  readonly totals: Totals | undefined;
  /** The filtered channel or user was deleted while the page was open. */
  readonly unavailable: Unavailable | undefined;
}

export interface Unavailable {
  readonly kind: 'channel' | 'user';
  readonly name: string;
  readonly history: History;
}
