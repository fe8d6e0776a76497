import type { NewEvent } from '../../engine/log/log.ts';
import { CHANNEL_DELETED, HISTORY_REMOVED, type History, MESSAGES_CHANNEL, USER_DELETED } from './events.ts';
import type { OwnerKind } from './owner-table.ts';

/** What the log's record of a deletion says. */
export interface DeletionBody {
  readonly name: string;
  readonly history: History;
}

export function deletionEvent(kind: OwnerKind, { name, history }: DeletionBody): NewEvent {
  const type = kind === 'channel' ? CHANNEL_DELETED : USER_DELETED;
  return { type, channel: MESSAGES_CHANNEL, body: JSON.stringify({ name, history }) };
}

export function parseDeletion(body: string): DeletionBody {
  return JSON.parse(body) as DeletionBody;
}

/** Part of a history is gone: the messages up to a position. */
export interface HistoryRemovedBody {
  readonly kind: OwnerKind;
  readonly name: string;
  readonly through: number;
}

export function historyRemovedEvent(body: HistoryRemovedBody): NewEvent {
  return { type: HISTORY_REMOVED, channel: MESSAGES_CHANNEL, body: JSON.stringify(body) };
}

export function parseHistoryRemoved(body: string): HistoryRemovedBody {
  return JSON.parse(body) as HistoryRemovedBody;
}
