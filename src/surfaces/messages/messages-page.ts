import { OWN_ID_PREFIX } from './events.ts';
import { messageMembers, withoutNames } from './message-body.ts';
import type { MessageRow, MessagesParameters } from './messages-query.ts';

export interface PageRows {
  /** Newest first. */
  readonly older: readonly MessageRow[];
  /** Oldest first. */
  readonly newer: readonly MessageRow[];
}

export interface Page {
  /** Newest first. */
  readonly rows: readonly MessageRow[];
  readonly before: string | null;
  readonly after: string | null;
}

/** Which of the rows that were read the page shows, and whether there are others on either side of it. */
export function pageOf(parameters: MessagesParameters, { older, newer }: PageRows): Page {
  const { limit, after, around } = parameters;
  // Around a message, both sides get half of the page, and what the other side leaves.
  const half = Math.floor(limit / 2);
  const newerShown = after !== undefined ? limit : around === undefined ? 0 : Math.max(half, limit - older.length);
  const newerRows = newer.slice(0, newerShown);
  const olderRows = after === undefined ? older.slice(0, limit - newerRows.length) : [];
  const rows = [...newerRows.toReversed(), ...olderRows];
  const hasOlder = older.length > olderRows.length;
  const hasNewer = newer.length > newerRows.length;
  // A page without a message still leads to those on its sides: its place is just beside the nearest one.
  const oldest = rows.at(-1)?.seq ?? (older[0]?.seq ?? 0) + 1;
  const newest = rows[0]?.seq ?? (newer[0]?.seq ?? 0) - 1;
  return { rows, before: hasOlder ? anchor(oldest) : null, after: hasNewer ? anchor(newest) : null };
}

/** Text of a stored message. */
export function messageJson(row: MessageRow): string {
  const gone = { channel: row.without_channel === 1, user: row.without_user === 1 };
  return `{${messageMembers({ ...row, body: withoutNames(row.body, gone) })}}`;
}

/** No sender's id reads like this, so that the position is meant whatever the message's own id is. */
function anchor(seq: number): string {
  return `${OWN_ID_PREFIX}${seq}`;
}
