import { seqOf } from '../../../protocol/cursor.ts';
import type { LiveMessage, Metrics } from '../events.ts';

export type Totals = Omit<Metrics, 'cursor'>;

/** Totals and the position they are as of: the newest ones known, whichever way they came. */
export interface KnownTotals {
  readonly totals: Totals;
  readonly asOf: number;
}

export function totalsOf({ cursor, ...totals }: Metrics): KnownTotals {
  return { totals, asOf: seqOf(cursor) ?? 0 };
}

/** Absolute values replace older ones, so that a row that comes late or twice changes nothing. */
export function withTotals(known: KnownTotals | undefined, messages: readonly LiveMessage[]): KnownTotals | undefined {
  let newest = known;
  for (const message of messages) {
    if (message.type !== 'metrics') continue;
    const asOf = seqOf(message.as_of) ?? 0;
    if (newest && asOf < newest.asOf) continue;
    const { total_messages, total_channels, total_users, last_message_at } = message;
    newest = { totals: { total_messages, total_channels, total_users, last_message_at }, asOf };
  }
  return newest;
}
